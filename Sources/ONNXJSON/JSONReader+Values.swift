// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

extension JSONReader {
    /// Takes whatever value comes next.
    package mutating func readValue() throws(ONNXError) -> JSONValue {
        switch try peek() {
        case .string: return .string(try readString())
        case .number: return .number(try readNumber())
        case .bool: return .bool(try readBool())
        case .null:
            try readNull()
            return .null
        case .array:
            try beginArray()
            var elements: [JSONValue] = []
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .object:
            try beginObject()
            var object = JSONObject()
            while try nextKey() {
                let name = key
                object[name] = try readValue()
            }
            return .object(object)
        }
    }

    /// Takes a value and forgets it; it is checked as strictly as one that is kept.
    package mutating func skipValue() throws(ONNXError) {
        switch try peek() {
        case .string: _ = try readStringBytes()
        case .number: _ = try numberExtent()
        case .bool: _ = try readBool()
        case .null: try readNull()
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .object:
            try beginObject()
            while try nextKey() { try skipValue() }
        }
    }

    package mutating func readBool() throws(ONNXError) -> Bool {
        let kind = try peek()
        guard kind == .bool else {
            throw error("json.type", "expected a truth value, found \(Self.name(kind))")
        }
        if base[position] == 0x74 {
            try word("true")
            return true
        }
        try word("false")
        return false
    }

    package mutating func readNull() throws(ONNXError) {
        let kind = try peek()
        guard kind == .null else { throw error("json.type", "expected null, found \(Self.name(kind))") }
        try word("null")
    }

    package mutating func readNumber() throws(ONNXError) -> JSONNumber {
        let (start, isInteger) = try numberExtent()
        if isInteger, let value = integer(from: start) { return .integer(value) }
        let literal = String(
            decoding: UnsafeBufferPointer(start: base + start, count: position - start), as: UTF8.self)
        return .real(Double(literal) ?? .nan, literal: literal)
    }

    /// Takes an integer; a number with a fraction, or one that does not fit, is `json.type`.
    package mutating func readInt() throws(ONNXError) -> Int {
        let (start, isInteger) = try numberExtent()
        guard isInteger, let value = integer(from: start) else {
            throw error("json.type", "expected an integer of 64 bits", at: start)
        }
        return value
    }

    private func integer(from start: Int) -> Int? {
        var cursor = start
        let negative = base[start] == 0x2D
        if negative { cursor += 1 }
        var value = 0
        while cursor < position {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(base[cursor] - 0x30)
            let (sum, more) =
                negative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || more { return nil }
            value = sum
            cursor += 1
        }
        return value
    }

    /// Takes a number and returns where it began and whether it has neither fraction nor exponent.
    private mutating func numberExtent() throws(ONNXError) -> (start: Int, isInteger: Bool) {
        let kind = try peek()
        guard kind == .number else { throw error("json.type", "expected a number, found \(Self.name(kind))") }
        let start = position
        var isInteger = true
        if base[position] == 0x2D { position += 1 }
        if position < count, base[position] == 0x30 {
            position += 1
            if position < count, isDigit(base[position]) {
                throw error("json.syntax", "a number begins with a needless 0", at: start)
            }
        } else {
            try digits()
        }
        if position < count, base[position] == 0x2E {
            isInteger = false
            position += 1
            try digits()
        }
        if position < count, base[position] | 0x20 == 0x65 {
            isInteger = false
            position += 1
            if position < count, base[position] == 0x2B || base[position] == 0x2D { position += 1 }
            try digits()
        }
        return (start, isInteger)
    }

    private mutating func digits() throws(ONNXError) {
        guard position < count else { throw truncated("a digit") }
        guard isDigit(base[position]) else { throw unexpected("a digit") }
        while position < count, isDigit(base[position]) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func word(_ text: StaticString) throws(ONNXError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard position + index < count else {
                position = count
                throw truncated("`\(text)`")
            }
            guard base[position + index] == text.utf8Start[index] else { throw unexpected("`\(text)`") }
        }
        position += text.utf8CodeUnitCount
    }
}
