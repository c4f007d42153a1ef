// SPDX-License-Identifier: Apache-2.0

/// How a JSON value is written.
package struct JSONStyle: Sendable, Hashable {
    /// Between two items: `, ` or `,`.
    package var itemSeparator: String

    /// Between a key and its value: `: ` or `:`.
    package var keySeparator: String

    /// Spaces a level, or nil for everything on one line.
    package var indent: Int?

    /// Whether characters beyond ASCII are written as `\u` escapes.
    package var escapesNonASCII: Bool

    /// Whether keys are written in the order of their code points.
    package var sortsKeys: Bool

    /// A style, compact but for what is given.
    package init(
        itemSeparator: String = ",", keySeparator: String = ":", indent: Int? = nil,
        escapesNonASCII: Bool = false,
        sortsKeys: Bool = false
    ) {
        self.itemSeparator = itemSeparator
        self.keySeparator = keySeparator
        self.indent = indent
        self.escapesNonASCII = escapesNonASCII
        self.sortsKeys = sortsKeys
    }

    /// No white space at all.
    package static let compact = JSONStyle()

    /// One item a line, two spaces a level.
    package static let indented = JSONStyle(keySeparator: ": ", indent: 2)

    /// Python's `json.dumps` as it comes, but with characters beyond ASCII written as they are.
    package static let python = JSONStyle(itemSeparator: ", ", keySeparator: ": ")
}

/// Writes JSON text into growing bytes.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let style: JSONStyle

    package init(style: JSONStyle = .compact) { self.style = style }

    package mutating func write(_ value: JSONValue) { write(value, level: 0) }

    private mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .number(let number): write(number)
        case .string(let text): write(text)
        case .array(let elements):
            guard !elements.isEmpty else { return append("[]") }
            append("[")
            for (index, element) in elements.enumerated() {
                separate(index, level: level + 1)
                write(element, level: level + 1)
            }
            breakLine(level: level)
            append("]")
        case .object(let object):
            guard !object.isEmpty else { return append("{}") }
            append("{")
            for (index, position) in order(of: object).enumerated() {
                separate(index, level: level + 1)
                write(object.keys[position])
                append(style.keySeparator)
                write(object.values[position], level: level + 1)
            }
            breakLine(level: level)
            append("}")
        }
    }

    /// Writes a string with its quotes.
    package mutating func write(_ text: String) {
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0x08: append("\\b")
            case 0x0C: append("\\f")
            case 0..<0x20: escape(UInt16(scalar.value))
            case 0x20..<0x7F: bytes.append(UInt8(scalar.value))
            case 0x7F...:
                if style.escapesNonASCII {
                    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { escape(unit) }
                } else {
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            default: break
            }
        }
        bytes.append(0x22)
    }

    private mutating func write(_ number: JSONNumber) {
        switch number {
        case .integer(let value): append(String(value))
        case .real(let value, let literal):
            append(number.isIntegerLiteral ? literal : PythonNumber.json(value))
        }
    }

    private func order(of object: JSONObject) -> [Int] {
        let positions = Array(object.keys.indices)
        guard style.sortsKeys else { return positions }
        return positions.sorted {
            object.keys[$0].unicodeScalars.lexicographicallyPrecedes(object.keys[$1].unicodeScalars)
        }
    }

    private mutating func separate(_ index: Int, level: Int) {
        if index > 0 { append(style.indent == nil ? style.itemSeparator : trimmedSeparator) }
        breakLine(level: level)
    }

    private var trimmedSeparator: String {
        var text = style.itemSeparator
        while text.last == " " { text.removeLast() }
        return text
    }

    private mutating func breakLine(level: Int) {
        guard let indent = style.indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: max(0, indent) * level))
    }

    private mutating func escape(_ unit: UInt16) {
        append("\\u")
        let digits = String(unit, radix: 16)
        append(String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension JSONValue {
    /// The value as JSON text without white space.
    ///
    ///     let value: JSONValue = ["name": "weather", "days": [1, 2]]
    ///     print(value.jsonText())  // {"name":"weather","days":[1,2]}
    public func jsonText() -> String { jsonText(style: .compact) }

    /// The value as JSON text.
    package func jsonText(style: JSONStyle) -> String {
        var writer = JSONWriter(style: style)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
