// SPDX-License-Identifier: Apache-2.0

/// A dictionary that keeps the order of insertion and, like Python's, takes equal numbers of any type for one key.
struct TemplateDictionary: Sendable {
    /// A hashable form of a key.
    enum Key: Hashable, Sendable {
        case none
        case integer(Int)
        case real(Double)
        case big(String)
        case text([UInt8])
        case tuple([Key])
        case undefined
    }

    private(set) var keys: [TemplateValue] = []
    private(set) var values: [TemplateValue] = []
    private var places: [Key: Int] = [:]

    var count: Int { keys.count }

    subscript(key: Key) -> TemplateValue? { places[key].map { values[$0] } }

    subscript(text: String) -> TemplateValue? { self[.text(Array(text.utf8))] }

    mutating func set(_ value: TemplateValue, for name: TemplateValue, _ key: Key) {
        if let place = places[key] {
            values[place] = value
        } else {
            places[key] = keys.count
            keys.append(name)
            values.append(value)
        }
    }

    mutating func set(_ value: TemplateValue, for name: String, isTrusted: Bool) {
        let text = TemplateText(name, isTrusted: isTrusted)
        set(value, for: .text(text), .text(text.bytes))
    }

    var items: [TemplateValue] { zip(keys, values).map { .tuple([$0, $1]) } }
}

extension TemplateValue {
    /// The value as a key, or nil where it cannot be one.
    var key: TemplateDictionary.Key? {
        switch self {
        case .none: return TemplateDictionary.Key.none
        case .bool(let value): return .integer(value ? 1 : 0)
        case .integer(let value): return .integer(value)
        case .bigInteger(let digits): return .big(digits)
        case .real(let value): return Int(exactly: value).map { .integer($0) } ?? .real(value)
        case .text(let value): return .text(value.bytes)
        case .tuple(let items):
            var keys: [TemplateDictionary.Key] = []
            for item in items {
                guard let key = item.key else { return nil }
                keys.append(key)
            }
            return .tuple(keys)
        case .undefined: return .undefined
        default: return nil
        }
    }
}
