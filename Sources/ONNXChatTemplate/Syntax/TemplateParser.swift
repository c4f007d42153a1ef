// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Reads tokens into statements.
struct TemplateParser {
    private let tokens: [TemplateToken]
    private var index = 0
    let depthLimit: Int
    var nesting = 0
    var loopDepth = 0
    /// Names used since the innermost macro began.
    var usedNames: Set<String> = []
    /// Filters, tests and statements that are not known, reported together.
    var unsupported: [String] = []
    var firstUnsupported: TemplatePlace?
    /// Whether what is read now runs only under a condition: there, as in the reference, what is not supported is
    /// refused when it is reached.
    var isConditional = false

    static func parse(_ source: String, limits: TemplateLimits) throws(ONNXError) -> [TemplateStatement] {
        guard source.utf8.count <= limits.sourceBytes else {
            throw ONNXError(
                "template.too_large",
                "the template has \(source.utf8.count) bytes, the limit is \(limits.sourceBytes)")
        }
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: source), depthLimit: limits.depth)
        let (statements, end) = try parser.statements(until: [])
        if end != nil {
            throw parser.current.place.error("template.syntax", "unexpected \(parser.current.description)")
        }
        if let place = parser.firstUnsupported {
            let names = parser.unsupported.joined(separator: ", ")
            throw place.error("template.unsupported", "the template uses what is not supported: \(names)")
        }
        return statements
    }

    private init(tokens: [TemplateToken], depthLimit: Int) {
        self.tokens = tokens
        self.depthLimit = depthLimit
    }

    var current: TemplateToken { tokens[index] }

    func lookAhead() -> TemplateToken { tokens[min(index + 1, tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> TemplateToken {
        let token = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return token
    }

    func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

    func isName(_ name: String) -> Bool { current.kind == .name(name) }

    mutating func skip(symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(name: String) -> Bool {
        guard isName(name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: TemplateToken.Kind) throws(ONNXError) {
        guard current.kind == kind else {
            let wanted = TemplateToken(kind: kind, place: current.place).description
            throw current.place.error("template.syntax", "expected \(wanted), found \(current.description)")
        }
        advance()
    }

    mutating func expectName() throws(ONNXError) -> String {
        guard case .name(let name) = current.kind else {
            throw current.place.error("template.syntax", "expected a name, found \(current.description)")
        }
        advance()
        return name
    }

    /// Notes something that is not supported; the whole list is reported at the end.
    mutating func note(unsupported what: String, at place: TemplatePlace) {
        if isConditional { return }
        if !unsupported.contains(what), unsupported.count < 20 { unsupported.append(what) }
        if firstUnsupported == nil { firstUnsupported = place }
    }

    /// Reads something that runs only under a condition, or, in a block of its own, always.
    mutating func conditionally<T>(
        _ isConditional: Bool = true, _ body: (inout TemplateParser) throws(ONNXError) -> T
    ) throws(ONNXError) -> T {
        let before = self.isConditional
        self.isConditional = isConditional
        defer { self.isConditional = before }
        return try body(&self)
    }

    mutating func enter() throws(ONNXError) {
        nesting += 1
        guard nesting <= depthLimit else {
            throw current.place.error("template.too_deep", "the template nests more than \(depthLimit) deep")
        }
    }

    mutating func leave() { nesting -= 1 }

    /// Builds an expression over its parts.
    func make(
        _ kind: TemplateExpression.Kind, at place: TemplatePlace, over parts: [TemplateExpression] = []
    ) throws(ONNXError) -> TemplateExpression {
        let depth = (parts.map(\.depth).max() ?? 0) + 1
        guard depth <= depthLimit else {
            throw place.error("template.too_deep", "the expression nests more than \(depthLimit) deep")
        }
        return TemplateExpression(kind: kind, place: place, depth: depth)
    }
}
