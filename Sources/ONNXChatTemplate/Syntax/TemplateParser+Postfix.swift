// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateParser {
    /// Attributes, items and calls after an expression.
    mutating func postfix(_ start: TemplateExpression) throws(ONNXError) -> TemplateExpression {
        var result = start
        while true {
            let place = current.place
            if skip(symbol: ".") {
                switch advance().kind {
                case .name(let name): result = try make(.attribute(result, name), at: place, over: [result])
                case .integer(let index):
                    let item = try make(.literal(.integer(index)), at: place)
                    result = try make(.item(result, item), at: place, over: [result])
                default: throw place.error("template.syntax", "expected a name or a number after the dot")
                }
            } else if skip(symbol: "[") {
                result = try subscripted(result, at: place)
            } else if isSymbol("(") {
                result = try call(result)
            } else {
                return result
            }
        }
    }

    private mutating func subscripted(
        _ base: TemplateExpression, at place: TemplatePlace
    ) throws(ONNXError) -> TemplateExpression {
        var parts: [TemplateExpression?] = [nil]
        if !isSymbol(":") { parts[0] = try expression() }
        guard isSymbol(":") else {
            guard let index = parts[0] else { throw place.error("template.syntax", "an index is expected") }
            var items = [index]
            while skip(symbol: ",") {
                if isSymbol("]") { break }
                items.append(try expression())
            }
            try expect(.symbol("]"))
            let key = items.count == 1 ? index : try make(.tuple(items), at: place, over: items)
            return try make(.item(base, key), at: place, over: [base, key])
        }
        while skip(symbol: ":"), parts.count < 3 {
            parts.append(isSymbol(":") || isSymbol("]") ? nil : try expression())
        }
        try expect(.symbol("]"))
        while parts.count < 3 { parts.append(nil) }
        return try make(
            .slice(base, parts[0], parts[1], parts[2]), at: place, over: [base] + parts.compactMap { $0 })
    }

    mutating func call(_ base: TemplateExpression) throws(ONNXError) -> TemplateExpression {
        let place = current.place
        let arguments = try arguments()
        return try make(.call(base, arguments), at: place, over: [base] + arguments.all)
    }

    private mutating func arguments() throws(ONNXError) -> TemplateArguments {
        var result = TemplateArguments()
        let start = current.place
        try expect(.symbol("("))
        var isFirst = true
        while !isSymbol(")") {
            if !isFirst {
                try expect(.symbol(","))
                if isSymbol(")") { break }
            }
            isFirst = false
            if skip(symbol: "*") {
                guard result.list == nil, result.dictionary == nil else { throw callError(start) }
                result.list = try expression()
            } else if skip(symbol: "**") {
                guard result.dictionary == nil else { throw callError(start) }
                result.dictionary = try expression()
            } else if case .name(let name) = current.kind, lookAhead().kind == .symbol("=") {
                guard result.dictionary == nil else { throw callError(start) }
                advance()
                advance()
                result.named.append((name, try expression()))
            } else {
                guard result.list == nil, result.dictionary == nil, result.named.isEmpty else {
                    throw callError(start)
                }
                result.positional.append(try expression())
            }
        }
        advance()
        return result
    }

    private func callError(_ place: TemplatePlace) -> ONNXError {
        place.error("template.syntax", "the arguments stand in an order that is not allowed")
    }

    /// The filters that follow; `startsInline` where the first one's name comes without a bar.
    mutating func filters(
        of base: TemplateExpression?, startsInline: Bool
    ) throws(ONNXError) -> TemplateExpression? {
        var result = base
        var isInline = startsInline
        while isInline || isSymbol("|") {
            if !isInline { advance() }
            isInline = false
            let place = current.place
            let name = try dottedName()
            if !TemplateFilters.names.contains(name) { note(unsupported: "filter '\(name)'", at: place) }
            let arguments = isSymbol("(") ? try arguments() : TemplateArguments()
            result = try make(
                .filter(result, name, arguments), at: place, over: [result].compactMap { $0 } + arguments.all)
        }
        return result
    }

    private mutating func dottedName() throws(ONNXError) -> String {
        var name = try expectName()
        while skip(symbol: ".") { name += "." + (try expectName()) }
        return name
    }

    mutating func test(of base: TemplateExpression) throws(ONNXError) -> TemplateExpression {
        advance()
        let isNegated = skip(name: "not")
        let place = current.place
        let name = try dottedName()
        if !TemplateTests.names.contains(name) { note(unsupported: "test '\(name)'", at: place) }
        var arguments = TemplateArguments()
        if isSymbol("(") {
            arguments = try self.arguments()
        } else if startsTestArgument() {
            if isName("is") { throw current.place.error("template.syntax", "tests cannot be chained") }
            arguments.positional = [try postfix(try primary())]
        }
        let test = try make(.test(base, name, arguments), at: place, over: [base] + arguments.all)
        return isNegated ? try make(.not(test), at: place, over: [test]) : test
    }

    private func startsTestArgument() -> Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and"].contains(name)
        case .string, .integer, .bigInteger, .real, .symbol("["), .symbol("{"): true
        default: false
        }
    }
}
