// SPDX-License-Identifier: Apache-2.0

/// A value while a template renders.
///
/// Lists and dictionaries never change once made. Namespaces, macros and loops live in the renderer; their values are
/// indexes, so no cycle of references can arise.
enum TemplateValue: Sendable {
    /// Nothing has this name; the text says what was looked for.
    case undefined(String)
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of the data that does not fit: it can be shown, not computed with.
    case bigInteger(String)
    case real(Double)
    case text(TemplateText)
    case list([TemplateValue])
    case tuple([TemplateValue])
    case dictionary(TemplateDictionary)
    case range(TemplateRange)
    /// What a filter such as `map` yields: it can be gone through but has no length.
    case iterator([TemplateValue])
    /// What `items`, `keys` and `values` of a dictionary give.
    case view(String, [TemplateValue])
    case namespace(Int)
    case macro(Int)
    case loop(Int)
    case function(String)
    indirect case method(TemplateValue, String)

    static func trusted(_ text: String) -> TemplateValue { .text(TemplateText(text, isTrusted: true)) }

    static func data(_ text: String) -> TemplateValue { .text(TemplateText(text, isTrusted: false)) }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }

    var isBigInteger: Bool {
        if case .bigInteger = self { return true }
        return false
    }

    /// Python's name of the value's type.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .integer, .bigInteger: "int"
        case .real: "float"
        case .text: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .range: "range"
        case .iterator: "generator"
        case .view(let name, _): name
        case .namespace: "Namespace"
        case .macro: "Macro"
        case .loop: "LoopContext"
        case .function: "function"
        case .method: "method"
        }
    }

    /// Whether the value counts as true in a condition.
    var isTruthy: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .real(let value): value != 0
        case .text(let value): !value.isEmpty
        case .list(let items), .tuple(let items), .view(_, let items): !items.isEmpty
        case .dictionary(let value): value.count > 0
        case .range(let value): value.count > 0
        case .bigInteger, .iterator, .namespace, .macro, .loop, .function, .method: true
        }
    }

    /// The number that the value is in arithmetic, where truth values are 0 and 1.
    var number: TemplateNumber? {
        switch self {
        case .bool(let value): .integer(value ? 1 : 0)
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        default: nil
        }
    }
}

/// A number in arithmetic.
enum TemplateNumber {
    case integer(Int)
    case real(Double)

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }
}

extension Int {
    /// The number where it is whole and fits.
    init?(exactly number: TemplateNumber) {
        switch number {
        case .integer(let value): self = value
        case .real(let value): self.init(exactly: value)
        }
    }
}

/// Python's `range`.
struct TemplateRange: Sendable {
    var start: Int
    var step: Int
    var count: Int
    /// The bound that the range was made with; it matters only where the range is shown.
    var stop: Int

    /// The element at an index below `count`; it lies between the range's bounds, so it cannot overflow.
    func element(_ index: Int) -> Int { start &+ index &* step }
}
