// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateParser {
    /// One expression, or several with commas between them, which make a tuple.
    mutating func tuple(
        allowsConditional: Bool, endsAtNames: [String] = [], isInParentheses: Bool = false
    ) throws(ONNXError) -> TemplateExpression {
        let place = current.place
        var items: [TemplateExpression] = []
        var isTuple = false
        while !endsTuple(endsAtNames) {
            items.append(try allowsConditional ? expression() : disjunction())
            guard skip(symbol: ",") else { break }
            isTuple = true
        }
        if !isTuple, let only = items.first { return only }
        guard isTuple || isInParentheses else {
            throw place.error("template.syntax", "expected an expression, found \(current.description)")
        }
        return try make(.tuple(items), at: place, over: items)
    }

    private func endsTuple(_ names: [String]) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(")"): true
        case .name(let name): names.contains(name)
        default: false
        }
    }

    mutating func expression() throws(ONNXError) -> TemplateExpression {
        let noted = (unsupported, firstUnsupported)
        var result = try disjunction()
        while isName("if") {
            let place = advance().place
            (unsupported, firstUnsupported) = noted
            let (test, otherwise) = try conditionally { (parser) throws(ONNXError) in
                let test = try parser.disjunction()
                return (test, parser.skip(name: "else") ? try parser.expression() : nil)
            }
            let parts = [test, result] + [otherwise].compactMap { $0 }
            result = try make(.conditional(test, then: result, otherwise: otherwise), at: place, over: parts)
        }
        return result
    }

    private mutating func disjunction() throws(ONNXError) -> TemplateExpression {
        try enter()
        defer { leave() }
        var left = try conjunction()
        while isName("or") {
            let place = advance().place
            let right = try conjunction()
            left = try make(.or(left, right), at: place, over: [left, right])
        }
        return left
    }

    private mutating func conjunction() throws(ONNXError) -> TemplateExpression {
        var left = try negation()
        while isName("and") {
            let place = advance().place
            let right = try negation()
            left = try make(.and(left, right), at: place, over: [left, right])
        }
        return left
    }

    private mutating func negation() throws(ONNXError) -> TemplateExpression {
        var places: [TemplatePlace] = []
        while isName("not") { places.append(advance().place) }
        var result = try comparison()
        for place in places.reversed() { result = try make(.not(result), at: place, over: [result]) }
        return result
    }

    private mutating func comparison() throws(ONNXError) -> TemplateExpression {
        let left = try arithmetic(level: 0)
        var parts: [(relation: TemplateExpression.Relation, right: TemplateExpression)] = []
        let place = current.place
        while true {
            if case .symbol(let symbol) = current.kind,
                let relation = TemplateExpression.Relation(rawValue: symbol)
            {
                advance()
                parts.append((relation, try arithmetic(level: 0)))
            } else if skip(name: "in") {
                parts.append((.isIn, try arithmetic(level: 0)))
            } else if isName("not"), lookAhead().kind == .name("in") {
                advance()
                advance()
                parts.append((.isNotIn, try arithmetic(level: 0)))
            } else {
                break
            }
        }
        guard !parts.isEmpty else { return left }
        return try make(.comparison(left, parts), at: place, over: [left] + parts.map(\.right))
    }

    private static let levels: [[String]] = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]]

    /// The operators from a level of binding on; all group to the left.
    private mutating func arithmetic(level: Int) throws(ONNXError) -> TemplateExpression {
        guard level < Self.levels.count else { return try unary(takesFilters: true) }
        var left = try arithmetic(level: level + 1)
        if level == 1 {
            guard isSymbol("~") else { return left }
            let place = current.place
            var parts = [left]
            while skip(symbol: "~") { parts.append(try arithmetic(level: 2)) }
            return try make(.concatenation(parts), at: place, over: parts)
        }
        while case .symbol(let symbol) = current.kind, Self.levels[level].contains(symbol),
            let operation = TemplateExpression.Operator(rawValue: symbol)
        {
            let place = advance().place
            let right = try arithmetic(level: level + 1)
            left = try make(.binary(operation, left, right), at: place, over: [left, right])
        }
        return left
    }

    private mutating func unary(takesFilters: Bool) throws(ONNXError) -> TemplateExpression {
        let place = current.place
        var result: TemplateExpression
        if isSymbol("-") || isSymbol("+") {
            try enter()
            defer { leave() }
            let isNegative = advance().kind == .symbol("-")
            let inner = try unary(takesFilters: false)
            result = try make(.sign(inner, isNegative: isNegative), at: place, over: [inner])
        } else {
            result = try primary()
        }
        result = try postfix(result)
        guard takesFilters else { return result }
        while true {
            if isSymbol("|") {
                result = try filters(of: result, startsInline: false) ?? result
            } else if isName("is") {
                result = try test(of: result)
            } else if isSymbol("(") {
                result = try call(result)
            } else {
                return result
            }
        }
    }

    mutating func primary() throws(ONNXError) -> TemplateExpression {
        let token = current
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return try make(.literal(.bool(true)), at: token.place)
            case "false", "False": return try make(.literal(.bool(false)), at: token.place)
            case "none", "None": return try make(.literal(.none), at: token.place)
            default:
                usedNames.insert(name)
                return try make(.name(name), at: token.place)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text += more
                advance()
            }
            return try make(.literal(.trusted(text)), at: token.place)
        case .integer(let value):
            advance()
            return try make(.literal(.integer(value)), at: token.place)
        case .bigInteger(let digits):
            advance()
            return try make(.literal(.bigInteger(digits)), at: token.place)
        case .real(let value):
            advance()
            return try make(.literal(.real(value)), at: token.place)
        case .symbol("("):
            advance()
            let value = try tuple(allowsConditional: true, isInParentheses: true)
            try expect(.symbol(")"))
            return value
        case .symbol("["):
            advance()
            let items = try items(until: "]")
            return try make(.list(items), at: token.place, over: items)
        case .symbol("{"): return try dictionary()
        default: throw token.place.error("template.syntax", "unexpected \(token.description)")
        }
    }

    private mutating func items(until close: String) throws(ONNXError) -> [TemplateExpression] {
        var items: [TemplateExpression] = []
        while !isSymbol(close) {
            if !items.isEmpty { try expect(.symbol(",")) }
            if isSymbol(close) { break }
            items.append(try expression())
        }
        advance()
        return items
    }

    private mutating func dictionary() throws(ONNXError) -> TemplateExpression {
        let place = advance().place
        var items: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !isSymbol("}") {
            if !items.isEmpty { try expect(.symbol(",")) }
            if isSymbol("}") { break }
            let key = try expression()
            try expect(.symbol(":"))
            items.append((key, try expression()))
        }
        advance()
        return try make(.dictionary(items), at: place, over: items.flatMap { [$0.key, $0.value] })
    }
}
