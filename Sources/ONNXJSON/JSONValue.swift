// SPDX-License-Identifier: Apache-2.0

/// Any JSON value: what chat templates are given, and descriptions of tools.
///
/// Literals of Swift make one; subscripts and the properties of each kind read it.
///
///     let value: JSONValue = ["name": "Ada", "age": 36, "pi": 3.5, "tags": ["a", "b"], "isNew": true, "gone": nil]
///     print(value["name"]?.stringValue ?? "", value["age"]?.intValue ?? 0)  // Ada 36
///     print(value["pi"]?.doubleValue ?? 0, value["isNew"]?.boolValue ?? false)  // 3.5 true
///     print(value["tags"]?[1]?.stringValue ?? "", value["tags"]?.arrayValue?.count ?? 0)  // b 2
///     print(value["gone"]?.isNull ?? false, value.objectValue?.count ?? 0)  // true 6
///
/// Where the kind is not known, a switch tells:
///
///     func kind(_ value: JSONValue) -> String {
///         switch value {
///         case .null: "nothing"
///         case .bool(let flag): "the truth value \(flag)"
///         case .number(let number): "the number \(number.doubleValue)"
///         case .string(let text): "the text \(text)"
///         case .array(let elements): "\(elements.count) elements"
///         case .object(let members): "\(members.count) members"
///         }
///     }
///     print(kind(["a", 1]))  // 2 elements
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A text.
    case string(String)
    /// A row of values.
    case array([JSONValue])
    /// Values by name.
    case object(JSONObject)

    /// Whether both are the same; texts are compared by their bytes, as in Python.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): ByteExactString(a) == ByteExactString(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(ByteExactString(value))
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}

extension JSONValue {
    /// The member of an object, or nil for a missing key and for anything that is no object.
    public subscript(key: String) -> JSONValue? { objectValue?[key] }

    /// The element of an array, or nil past its ends and for anything that is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value; nil where this is none.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The text; nil where this is none.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements; nil where this is no array.
    public var arrayValue: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members; nil where this is no object.
    public var objectValue: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The integer, where the value is a number that is one and fits.
    public var intValue: Int? {
        guard case .number(let value) = self else { return nil }
        return value.exactInt
    }

    /// The nearest double; nil where this is no number.
    public var doubleValue: Double? {
        guard case .number(let value) = self else { return nil }
        return value.doubleValue
    }

    /// What the value is, in words for an error message: `an object`, `null`.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// `null`, written as `nil`.
    public init(nilLiteral: ()) { self = .null }

    /// A truth value, written as a literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// A number, written as a literal.
    public init(integerLiteral value: Int) { self = .number(.integer(value)) }

    /// A number with a fraction, written as a literal.
    public init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }

    /// A text, written as a literal.
    public init(stringLiteral value: String) { self = .string(value) }

    /// An array, written as a literal.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object, written as a literal; of equal keys the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
