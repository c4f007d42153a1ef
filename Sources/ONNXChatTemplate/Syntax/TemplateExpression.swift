// SPDX-License-Identifier: Apache-2.0

/// An expression of a template.
struct TemplateExpression: Sendable {
    indirect enum Kind: Sendable {
        case literal(TemplateValue)
        case name(String)
        case list([TemplateExpression])
        case tuple([TemplateExpression])
        case dictionary([(key: TemplateExpression, value: TemplateExpression)])
        case attribute(TemplateExpression, String)
        case item(TemplateExpression, TemplateExpression)
        case slice(TemplateExpression, TemplateExpression?, TemplateExpression?, TemplateExpression?)
        case call(TemplateExpression, TemplateArguments)
        /// Without an expression inside a filter block, where the block's text takes its place.
        case filter(TemplateExpression?, String, TemplateArguments)
        case test(TemplateExpression, String, TemplateArguments)
        case not(TemplateExpression)
        case sign(TemplateExpression, isNegative: Bool)
        case binary(Operator, TemplateExpression, TemplateExpression)
        case concatenation([TemplateExpression])
        case and(TemplateExpression, TemplateExpression)
        case or(TemplateExpression, TemplateExpression)
        case comparison(TemplateExpression, [(relation: Relation, right: TemplateExpression)])
        case conditional(TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
    }

    enum Operator: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case floorDivide = "//"
        case modulo = "%"
        case power = "**"
    }

    enum Relation: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
    }

    var kind: Kind
    var place: TemplatePlace
    /// How many expressions stand inside each other here.
    var depth: Int
}

/// What is passed to a macro, a function, a filter or a test.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
    var list: TemplateExpression?
    var dictionary: TemplateExpression?

    var all: [TemplateExpression] { positional + named.map(\.value) + [list, dictionary].compactMap { $0 } }
}
