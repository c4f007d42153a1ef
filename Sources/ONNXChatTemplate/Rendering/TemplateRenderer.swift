// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Runs the statements of a template once, within its limits.
struct TemplateRenderer {
    let limits: TemplateLimits
    let clock: TemplateClock
    let globals: [String: TemplateValue]
    var scope = Scope(parent: nil)
    var output = TemplateText()
    var namespaces: [[String: TemplateValue]] = []
    var macros: [(definition: TemplateMacro, scope: Scope)] = []
    var loops: [LoopState] = []
    /// Where the expression or statement under way stands.
    var place = TemplatePlace(line: 1, column: 1)
    /// The text of the filter block under way.
    var blockText: TemplateValue = .none
    var callDepth = 0
    private var steps = 0
    private var workBytes = 0

    /// The names of one block. Scopes refer to their parents only, and values never to scopes.
    final class Scope {
        var names: [String: TemplateValue] = [:]
        let parent: Scope?

        init(parent: Scope?) { self.parent = parent }
    }

    /// What `loop` knows.
    struct LoopState {
        var items: [TemplateValue]
        var index = 0
        var depth: Int
        var lastChanged: TemplateValue?
    }

    /// How a statement ended.
    enum Flow { case normal, breakLoop, continueLoop }

    init(limits: TemplateLimits, clock: TemplateClock, globals: [String: TemplateValue]) {
        self.limits = limits
        self.clock = clock
        self.globals = globals
    }

    func fail(_ code: ONNXError.Code, _ message: String) -> ONNXError { place.error(code, message) }

    func typeError(_ message: String) -> ONNXError { fail("template.type", message) }

    /// Counts work against the limits.
    mutating func step(_ count: Int = 1) throws(ONNXError) {
        steps += count
        guard steps <= limits.steps else {
            throw fail("template.limit", "the template takes more than \(limits.steps) steps")
        }
    }

    /// Counts bytes that are about to be made.
    mutating func charge(bytes: Int) throws(ONNXError) {
        guard bytes <= limits.outputBytes else {
            throw fail(
                "template.limit", "a text of \(bytes) bytes is larger than the limit of \(limits.outputBytes)"
            )
        }
        workBytes += bytes
        guard workBytes <= limits.workBytes else {
            throw fail(
                "template.limit", "the template makes more than \(limits.workBytes) bytes of text and lists")
        }
    }

    /// Counts the elements of a list that is about to be made.
    mutating func charge(elements: Int) throws(ONNXError) {
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: 16)
        try charge(bytes: overflow ? .max : bytes)
    }

    /// Counts what going through a value once costs, and refuses values that nest too deep to be handled.
    mutating func charge(walking value: TemplateValue, depth: Int = 0) throws(ONNXError) {
        let children: [TemplateValue]
        switch value {
        case .text(let text): return try charge(bytes: text.bytes.count)
        case .list(let items), .tuple(let items), .iterator(let items), .view(_, let items): children = items
        case .dictionary(let dictionary): children = dictionary.values
        default: return
        }
        guard depth < Self.deepestValue else {
            throw fail(
                "template.too_deep", "lists and dictionaries stand more than \(Self.deepestValue) deep")
        }
        try charge(elements: children.count)
        for child in children { try charge(walking: child, depth: depth + 1) }
    }

    private static let deepestValue = 1000

    mutating func write(_ text: TemplateText) throws(ONNXError) {
        try charge(bytes: text.bytes.count)
        guard output.bytes.count + text.bytes.count <= limits.outputBytes else {
            throw fail("template.limit", "the output is larger than the limit of \(limits.outputBytes) bytes")
        }
        output.append(text)
    }

    /// What a body writes, kept apart from the output.
    mutating func captured(
        _ body: (inout TemplateRenderer) throws(ONNXError) -> Flow
    ) throws(ONNXError) -> (text: TemplateText, flow: Flow) {
        let before = output
        output = TemplateText()
        defer { output = before }
        let flow = try body(&self)
        return (output, flow)
    }

    /// Runs a body in a scope of its own.
    mutating func inScope<T>(
        of parent: Scope? = nil, _ body: (inout TemplateRenderer) throws(ONNXError) -> T
    ) throws(ONNXError) -> T {
        let before = scope
        scope = Scope(parent: parent ?? before)
        defer { scope = before }
        return try body(&self)
    }

    func lookUp(_ name: String) -> TemplateValue {
        var current: Scope? = scope
        while let here = current {
            if let value = here.names[name] { return value }
            current = here.parent
        }
        if let value = globals[name] { return value }
        if TemplateFunctions.names.contains(name) { return .function(name) }
        return .undefined("'\(name)' is undefined")
    }

    /// The values that a `for` loop, a filter or a test goes through.
    mutating func elements(of value: TemplateValue) throws(ONNXError) -> [TemplateValue] {
        switch value {
        case .list(let items), .tuple(let items), .iterator(let items), .view(_, let items): return items
        case .undefined: return []
        case .dictionary(let dictionary): return dictionary.keys
        case .text(let text):
            try charge(elements: text.bytes.count)
            return text.characters().map { .text($0) }
        case .range(let range):
            try charge(elements: range.count)
            return (0..<range.count).map { .integer(range.element($0)) }
        default: throw typeError("a value of type \(value.typeName) cannot be gone through")
        }
    }
}
