// SPDX-License-Identifier: Apache-2.0

/// A statement of a template.
struct TemplateStatement: Sendable {
    indirect enum Kind: Sendable {
        case text(TemplateText)
        case output(TemplateExpression)
        case conditional(
            [(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
        case loop(TemplateLoop)
        case set(TemplateTarget, TemplateExpression)
        case setBlock(TemplateTarget, filter: TemplateExpression?, [TemplateStatement])
        case macro(TemplateMacro)
        case callBlock(TemplateMacro, TemplateExpression)
        case filterBlock(TemplateExpression, [TemplateStatement])
        case with([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement])
        /// A body in a scope of its own; `generation` blocks are such.
        case scope([TemplateStatement])
        case breakLoop
        case continueLoop
    }

    var kind: Kind
    var place: TemplatePlace
}

/// What an assignment or a loop stores into.
indirect enum TemplateTarget: Sendable {
    case name(String)
    case attribute(String, String)
    case tuple([TemplateTarget])
}

struct TemplateLoop: Sendable {
    var target: TemplateTarget
    var sequence: TemplateExpression
    var filter: TemplateExpression?
    var body: [TemplateStatement]
    var otherwise: [TemplateStatement]
}

struct TemplateMacro: Sendable {
    var name: String
    var parameters: [(name: String, fallback: TemplateExpression?)]
    var body: [TemplateStatement]
    /// Whether the body mentions the names that collect surplus arguments.
    var takesList: Bool
    var takesDictionary: Bool
    var takesCaller: Bool
}
