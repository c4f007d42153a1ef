// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateRenderer {
    mutating func run(_ statements: [TemplateStatement]) throws(ONNXError) -> Flow {
        for statement in statements {
            let flow = try run(statement)
            if flow != .normal { return flow }
        }
        return .normal
    }

    private mutating func run(_ statement: TemplateStatement) throws(ONNXError) -> Flow {
        place = statement.place
        try step()
        switch statement.kind {
        case .text(let text): try write(text)
        case .output(let expression):
            let value = try evaluate(expression)
            try write(try shown(value))
        case .conditional(let branches, let otherwise):
            for branch in branches where try evaluate(branch.test).isTruthy { return try run(branch.body) }
            return try run(otherwise)
        case .loop(let loop): return try run(loop)
        case .set(let target, let expression):
            let value = try evaluate(expression)
            try charge(walking: value)
            try assign(value, to: target)
        case .setBlock(let target, let filter, let body): try runSetBlock(target, filter, body)
        case .macro(let macro):
            macros.append((macro, scope))
            scope.names[macro.name] = .macro(macros.count - 1)
        case .callBlock(let caller, let call):
            macros.append((caller, scope))
            guard case .call(let base, let arguments) = call.kind else { return .normal }
            place = call.place
            let result = try self.call(base, arguments, caller: .macro(macros.count - 1))
            try write(try shown(result))
        case .filterBlock(let filter, let body):
            let text = try capturedInScope(body)
            try write(try shown(try applyBlockFilter(filter, to: text)))
        case .with(let assignments, let body):
            var values: [TemplateValue] = []
            for assignment in assignments { values.append(try evaluate(assignment.value)) }
            return try inScope { (renderer) throws(ONNXError) in
                for (assignment, value) in zip(assignments, values) {
                    try renderer.assign(value, to: assignment.target)
                }
                return try renderer.run(body)
            }
        case .scope(let body): return try inScope { (renderer) throws(ONNXError) in try renderer.run(body) }
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .normal
    }

    private mutating func runSetBlock(
        _ target: TemplateTarget, _ filter: TemplateExpression?, _ body: [TemplateStatement]
    ) throws(ONNXError) {
        let text = try capturedInScope(body)
        let value =
            try filter.map { (filter) throws(ONNXError) in try applyBlockFilter(filter, to: text) }
            ?? .text(text)
        try assign(value, to: target)
    }

    private mutating func capturedInScope(_ body: [TemplateStatement]) throws(ONNXError) -> TemplateText {
        try captured { (renderer) throws(ONNXError) in
            try renderer.inScope { (renderer) throws(ONNXError) in try renderer.run(body) }
        }.text
    }

    private mutating func applyBlockFilter(
        _ filter: TemplateExpression, to text: TemplateText
    ) throws(ONNXError) -> TemplateValue {
        let before = blockText
        blockText = .text(text)
        defer { blockText = before }
        return try evaluate(filter)
    }

    private mutating func run(_ loop: TemplateLoop) throws(ONNXError) -> Flow {
        var items = try elements(of: try evaluate(loop.sequence))
        if let filter = loop.filter {
            var kept: [TemplateValue] = []
            for item in items {
                let isKept = try inScope { (renderer) throws(ONNXError) in
                    try renderer.assign(item, to: loop.target)
                    return try renderer.evaluate(filter).isTruthy
                }
                if isKept { kept.append(item) }
            }
            items = kept
        }
        guard !items.isEmpty else { return try run(loop.otherwise) }
        loops.append(LoopState(items: items, depth: (enclosingLoopDepth ?? 0) + 1))
        let state = loops.count - 1
        for (index, item) in items.enumerated() {
            try step()
            loops[state].index = index
            let flow = try inScope { (renderer) throws(ONNXError) in
                renderer.scope.names["loop"] = .loop(state)
                try renderer.assign(item, to: loop.target)
                return try renderer.run(loop.body)
            }
            if flow == .breakLoop { break }
        }
        return .normal
    }

    /// Nested loops count their depth anew: only recursive ones would go on counting.
    private var enclosingLoopDepth: Int? { nil }

    mutating func assign(_ value: TemplateValue, to target: TemplateTarget) throws(ONNXError) {
        switch target {
        case .name(let name): scope.names[name] = value
        case .attribute(let name, let attribute):
            guard case .namespace(let index) = lookUp(name) else {
                throw fail(
                    "template.type", "cannot assign '\(attribute)' of '\(name)', which is no namespace")
            }
            try checkNamespaceName(attribute)
            namespaces[index][attribute] = value
        case .tuple(let targets):
            if value.isUndefined { throw undefined(value) }
            let items = try elements(of: value)
            guard items.count == targets.count else {
                throw fail(
                    "template.type", "\(items.count) values cannot be stored in \(targets.count) names")
            }
            for (target, item) in zip(targets, items) { try assign(item, to: target) }
        }
    }

    func checkNamespaceName(_ name: String) throws(ONNXError) {
        guard !name.hasPrefix("_") else {
            throw fail(
                "template.type", "a namespace cannot hold '\(name)', whose name begins with an underscore")
        }
    }

    func undefined(_ value: TemplateValue) -> ONNXError {
        if case .undefined(let hint) = value { return fail("template.undefined", hint) }
        return fail("template.undefined", "the value is undefined")
    }

    /// Python's `str`, with its size checked before it is made where that may be large.
    mutating func shown(_ value: TemplateValue) throws(ONNXError) -> TemplateText {
        if case .text(let text) = value { return text }
        try charge(walking: value)
        let text = value.shown
        try charge(bytes: text.bytes.count)
        return text
    }
}
