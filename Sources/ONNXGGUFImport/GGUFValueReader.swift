// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Reads metadata values.
enum GGUFValueReader {
    private static let string: UInt32 = 8
    private static let array: UInt32 = 9

    static func read(_ type: UInt32, _ cursor: inout GGUFCursor) throws(ONNXError) -> GGUFValue {
        switch type {
        case string: return .string(try cursor.string("a string"))
        case array: return try readArray(&cursor)
        default: return try scalar(type, &cursor)
        }
    }

    private static func scalar(_ type: UInt32, _ cursor: inout GGUFCursor) throws(ONNXError) -> GGUFValue {
        switch type {
        case 0: return .integer(Int(try cursor.integer(UInt8.self, "a number")))
        case 1: return .integer(Int(try cursor.integer(Int8.self, "a number")))
        case 2: return .integer(Int(try cursor.integer(UInt16.self, "a number")))
        case 3: return .integer(Int(try cursor.integer(Int16.self, "a number")))
        case 4: return .integer(Int(try cursor.integer(UInt32.self, "a number")))
        case 5: return .integer(Int(try cursor.integer(Int32.self, "a number")))
        case 6: return .float(Double(Float(bitPattern: try cursor.integer(UInt32.self, "a number"))))
        case 7:
            let byte = try cursor.integer(UInt8.self, "a boolean")
            guard byte <= 1 else { throw ONNXError("gguf.value", "A boolean is \(byte), not 0 or 1.") }
            return .bool(byte == 1)
        case 10:
            let value = try cursor.integer(UInt64.self, "a number")
            return Int(exactly: value).map(GGUFValue.integer) ?? .large(value)
        case 11: return .integer(Int(try cursor.integer(Int64.self, "a number")))
        case 12: return .float(Double(bitPattern: try cursor.integer(UInt64.self, "a number")))
        default: throw ONNXError("gguf.value_type", "There is no value type \(type).")
        }
    }

    private static func minimumByteCount(_ type: UInt32) throws(ONNXError) -> Int {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case string, 10, 11, 12: 8
        case array: throw ONNXError("gguf.value_type", "Lists of lists are not supported.")
        default: throw ONNXError("gguf.value_type", "There is no value type \(type).")
        }
    }

    private static func readArray(_ cursor: inout GGUFCursor) throws(ONNXError) -> GGUFValue {
        let type = try cursor.integer(UInt32.self, "a list's type")
        let count = try cursor.count("length of a list")
        let size = try minimumByteCount(type)
        guard count <= cursor.remaining / size else {
            throw ONNXError(
                "gguf.truncated",
                "A list of \(count) values needs \(size) bytes for each; \(cursor.remaining) bytes are left.")
        }
        var integers: [Int] = []
        var floats: [Double] = []
        var bools: [Bool] = []
        var strings: [String] = []
        for _ in 0..<count {
            switch try read(type, &cursor) {
            case .integer(let value): integers.append(value)
            case .float(let value): floats.append(value)
            case .bool(let value): bools.append(value)
            case .string(let value): strings.append(value)
            case .large(let value):
                throw ONNXError("gguf.value", "\(value) in a list does not fit in 63 bits.")
            case let value:
                throw ONNXError("gguf.value_type", "A list cannot hold \(value.kind).")
            }
        }
        switch type {
        case 6, 12: return .floats(floats)
        case 7: return .bools(bools)
        case string: return .strings(strings)
        default: return .integers(integers)
        }
    }
}
