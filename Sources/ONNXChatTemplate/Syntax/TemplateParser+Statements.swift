// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateParser {
    /// Reads statements up to a block tag with one of the names in `ends`, whose name is taken and returned.
    mutating func statements(until ends: [String]) throws(ONNXError) -> ([TemplateStatement], end: String?) {
        var result: [TemplateStatement] = []
        try enter()
        defer { leave() }
        while true {
            let token = current
            switch token.kind {
            case .data(let text):
                advance()
                result.append(
                    TemplateStatement(kind: .text(TemplateText(text, isTrusted: true)), place: token.place))
            case .variableBegin:
                advance()
                let value = try tuple(allowsConditional: true)
                try expect(.variableEnd)
                result.append(TemplateStatement(kind: .output(value), place: token.place))
            case .blockBegin:
                advance()
                let name = try expectName()
                if ends.contains(name) { return (result, name) }
                if let kind = try statement(name, at: token.place) {
                    result.append(TemplateStatement(kind: kind, place: token.place))
                }
            case .end:
                guard ends.isEmpty else {
                    throw token.place.error(
                        "template.syntax",
                        "the template ends where \(ends.joined(separator: " or ")) is expected")
                }
                return (result, nil)
            default: throw token.place.error("template.syntax", "unexpected \(token.description)")
            }
        }
    }

    /// The body of a block up to its end tag, which is taken whole.
    private mutating func body(until end: String) throws(ONNXError) -> [TemplateStatement] {
        let body = try statements(until: [end]).0
        try expect(.blockEnd)
        return body
    }

    private mutating func statement(
        _ name: String, at place: TemplatePlace
    ) throws(ONNXError) -> TemplateStatement.Kind? {
        switch name {
        case "if":
            return try conditionally { (parser) throws(ONNXError) in try parser.conditional() }
        case "for":
            return try conditionally(false) { (parser) throws(ONNXError) in try parser.loop() }
        case "set": return try assignment()
        case "macro":
            return try conditionally(false) { (parser) throws(ONNXError) in
                .macro(try parser.macro(named: try parser.expectName()))
            }
        case "call":
            return try conditionally(false) { (parser) throws(ONNXError) in try parser.callBlock() }
        case "filter":
            let place = current.place
            let filter = try filters(of: nil, startsInline: true)
            try expect(.blockEnd)
            guard let filter else { throw place.error("template.syntax", "a filter is expected") }
            return .filterBlock(filter, try body(until: "endfilter"))
        case "with": return try with()
        case "generation":
            try expect(.blockEnd)
            return .scope(
                try inLoop(false) { (parser) throws(ONNXError) in try parser.body(until: "endgeneration") })
        case "break", "continue":
            guard loopDepth > 0 else {
                throw place.error("template.syntax", "'\(name)' stands outside a loop")
            }
            try expect(.blockEnd)
            return name == "break" ? .breakLoop : .continueLoop
        case "include", "import", "from", "extends", "block", "autoescape", "do", "trans", "pluralize",
            "debug":
            throw place.error("template.unsupported", "the statement '\(name)' is not supported")
        case _ where name.hasPrefix("end") || name == "else" || name == "elif":
            throw place.error("template.syntax", "'\(name)' has no beginning")
        default: throw place.error("template.unsupported", "the statement '\(name)' is not known")
        }
    }

    private mutating func inLoop<T>(
        _ isInside: Bool, _ body: (inout TemplateParser) throws(ONNXError) -> T
    ) throws(ONNXError) -> T {
        let before = loopDepth
        loopDepth = isInside ? before + 1 : 0
        defer { loopDepth = before }
        return try body(&self)
    }

    private mutating func conditional() throws(ONNXError) -> TemplateStatement.Kind {
        var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
        var otherwise: [TemplateStatement] = []
        while true {
            let test = try tuple(allowsConditional: false)
            try expect(.blockEnd)
            let (body, end) = try statements(until: ["elif", "else", "endif"])
            branches.append((test, body))
            if end == "elif" { continue }
            try expect(.blockEnd)
            if end == "else" { otherwise = try self.body(until: "endif") }
            return .conditional(branches, otherwise: otherwise)
        }
    }

    private mutating func loop() throws(ONNXError) -> TemplateStatement.Kind {
        let target = try target(endsAtIn: true)
        guard skip(name: "in") else {
            throw current.place.error("template.syntax", "expected 'in', found \(current.description)")
        }
        let sequence = try tuple(allowsConditional: false, endsAtNames: ["recursive"])
        let filter = skip(name: "if") ? try expression() : nil
        if isName("recursive") {
            throw current.place.error("template.unsupported", "recursive loops are not supported")
        }
        try expect(.blockEnd)
        let (body, end) = try inLoop(true) { (parser) throws(ONNXError) in
            try parser.statements(until: ["else", "endfor"])
        }
        try expect(.blockEnd)
        let otherwise = end == "else" ? try self.body(until: "endfor") : []
        return .loop(
            TemplateLoop(target: target, sequence: sequence, filter: filter, body: body, otherwise: otherwise)
        )
    }

    private mutating func assignment() throws(ONNXError) -> TemplateStatement.Kind {
        let target = try target(endsAtIn: false)
        if skip(symbol: "=") {
            let value = try tuple(allowsConditional: true)
            try expect(.blockEnd)
            return .set(target, value)
        }
        let filter = isSymbol("|") ? try filters(of: nil, startsInline: false) : nil
        try expect(.blockEnd)
        return .setBlock(target, filter: filter, try body(until: "endset"))
    }

    private mutating func with() throws(ONNXError) -> TemplateStatement.Kind {
        var assignments: [(target: TemplateTarget, value: TemplateExpression)] = []
        while current.kind != .blockEnd {
            if !assignments.isEmpty { try expect(.symbol(",")) }
            let target = try target(endsAtIn: false)
            try expect(.symbol("="))
            assignments.append((target, try expression()))
        }
        try expect(.blockEnd)
        return .with(assignments, try body(until: "endwith"))
    }

    private mutating func macro(named name: String) throws(ONNXError) -> TemplateMacro {
        let parameters = try parameters()
        try expect(.blockEnd)
        return try macro(named: name, parameters, end: "endmacro")
    }

    private mutating func macro(
        named name: String, _ parameters: [(name: String, fallback: TemplateExpression?)], end: String
    ) throws(ONNXError) -> TemplateMacro {
        let outer = usedNames
        usedNames = []
        let body = try inLoop(false) { (parser) throws(ONNXError) in try parser.body(until: end) }
        let used = usedNames
        usedNames = outer.union(used)
        return TemplateMacro(
            name: name, parameters: parameters, body: body, takesList: used.contains("varargs"),
            takesDictionary: used.contains("kwargs"), takesCaller: used.contains("caller"))
    }

    private mutating func parameters() throws(ONNXError) -> [(name: String, fallback: TemplateExpression?)] {
        var result: [(name: String, fallback: TemplateExpression?)] = []
        try expect(.symbol("("))
        while !isSymbol(")") {
            if !result.isEmpty { try expect(.symbol(",")) }
            let place = current.place
            let name = try expectName()
            let fallback = skip(symbol: "=") ? try expression() : nil
            if fallback == nil, result.contains(where: { $0.fallback != nil }) {
                throw place.error("template.syntax", "a parameter without default follows one that has it")
            }
            result.append((name, fallback))
        }
        advance()
        return result
    }

    private mutating func callBlock() throws(ONNXError) -> TemplateStatement.Kind {
        let parameters = isSymbol("(") ? try parameters() : []
        let call = try expression()
        guard case .call = call.kind else { throw call.place.error("template.syntax", "a call is expected") }
        try expect(.blockEnd)
        return .callBlock(try macro(named: "caller", parameters, end: "endcall"), call)
    }

    private mutating func target(endsAtIn: Bool) throws(ONNXError) -> TemplateTarget {
        var parts: [TemplateTarget] = []
        var isTuple = false
        while true {
            parts.append(try singleTarget())
            guard skip(symbol: ",") else { break }
            isTuple = true
            if endsAtIn ? isName("in") : isSymbol("=") || current.kind == .blockEnd { break }
        }
        return isTuple ? .tuple(parts) : parts[0]
    }

    private mutating func singleTarget() throws(ONNXError) -> TemplateTarget {
        if skip(symbol: "(") {
            try enter()
            defer { leave() }
            var parts = [try singleTarget()]
            var isTuple = false
            while skip(symbol: ",") {
                isTuple = true
                if isSymbol(")") { break }
                parts.append(try singleTarget())
            }
            try expect(.symbol(")"))
            return isTuple ? .tuple(parts) : parts[0]
        }
        let place = current.place
        let name = try expectName()
        if ["true", "false", "none", "True", "False", "None"].contains(name) {
            throw place.error("template.syntax", "'\(name)' cannot be assigned to")
        }
        if skip(symbol: ".") { return .attribute(name, try expectName()) }
        return .name(name)
    }
}
