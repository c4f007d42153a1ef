// SPDX-License-Identifier: Apache-2.0

/// A JSON value to be written, with its members in the order given.
package indirect enum JSONOutput: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONOutput])
    case object([(String, JSONOutput)])

    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONOutput...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONOutput)...) { self = .object(elements) }

    /// The value as UTF-8 text, four spaces per level.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        append(to: &result, depth: 0)
        result.append(UInt8(ascii: "\n"))
        return result
    }

    private func append(to result: inout [UInt8], depth: Int) {
        switch self {
        case .null: result.append(contentsOf: "null".utf8)
        case .bool(let value): result.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): result.append(contentsOf: String(value).utf8)
        case .double(let value): result.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
        case .string(let value): Self.append(value, to: &result)
        case .array(let values):
            Self.append(count: values.count, "[", "]", to: &result, depth: depth) { index, result in
                values[index].append(to: &result, depth: depth + 1)
            }
        case .object(let members):
            Self.append(count: members.count, "{", "}", to: &result, depth: depth) { index, result in
                Self.append(members[index].0, to: &result)
                result.append(contentsOf: ": ".utf8)
                members[index].1.append(to: &result, depth: depth + 1)
            }
        }
    }

    private static func append(
        count: Int, _ opening: String, _ closing: String, to result: inout [UInt8], depth: Int,
        _ element: (Int, inout [UInt8]) -> Void
    ) {
        result.append(contentsOf: opening.utf8)
        for index in 0..<count {
            result.append(contentsOf: (index == 0 ? "\n" : ",\n").utf8)
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 4 * (depth + 1)))
            element(index, &result)
        }
        if count > 0 {
            result.append(UInt8(ascii: "\n"))
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 4 * depth))
        }
        result.append(contentsOf: closing.utf8)
    }

    private static func append(_ text: String, to result: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        result.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): result.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\n"): result.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): result.append(contentsOf: "\\r".utf8)
            case UInt8(ascii: "\t"): result.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                result.append(contentsOf: "\\u00".utf8)
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
    }
}
