// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// The `tojson` filter: Python's `json.dumps`, which leaves characters beyond ASCII as they are.
struct TemplateJSON {
    private var result = TemplateText()
    private let indent: TemplateText?
    private let itemSeparator: TemplateText
    private let keySeparator: TemplateText
    private let escapesNonASCII: Bool
    private let sortsKeys: Bool

    static func text(
        of value: TemplateValue, _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        let what = "the filter 'tojson'"
        try arguments.check(["ensure_ascii", "indent", "separators", "sort_keys"], for: what, renderer)
        var indent: TemplateText?
        switch arguments.value(1, "indent") {
        case nil, .some(.none): break
        case .text(let text)?: indent = text
        case .some(let value):
            let width = max(0, try TemplateFilters.integer(value, 0, what, renderer))
            guard width <= 1024 else {
                throw renderer.fail("template.limit", "\(what) indents by at most 1024 spaces")
            }
            indent = TemplateText(String(repeating: " ", count: width), isTrusted: false)
        }
        var separators = [
            TemplateText(indent == nil ? ", " : ",", isTrusted: false), TemplateText(": ", isTrusted: false),
        ]
        if let given = arguments.value(2, "separators"), !given.equals(.none) {
            separators = try renderer.elements(of: given).map { (value) throws(ONNXError) in
                guard case .text(let text) = value else {
                    throw renderer.typeError("separators must be strings")
                }
                return text
            }
            guard separators.count == 2 else { throw renderer.typeError("\(what) needs two separators") }
        }
        var writer = TemplateJSON(
            indent: indent, itemSeparator: separators[0], keySeparator: separators[1],
            escapesNonASCII: arguments.value(0, "ensure_ascii")?.isTruthy ?? false,
            sortsKeys: arguments.value(3, "sort_keys")?.isTruthy ?? false)
        try writer.write(value, level: 0, &renderer)
        try renderer.charge(bytes: writer.result.bytes.count)
        return writer.result
    }

    private init(
        indent: TemplateText?, itemSeparator: TemplateText, keySeparator: TemplateText, escapesNonASCII: Bool,
        sortsKeys: Bool
    ) {
        self.indent = indent
        self.itemSeparator = itemSeparator
        self.keySeparator = keySeparator
        self.escapesNonASCII = escapesNonASCII
        self.sortsKeys = sortsKeys
    }

    private mutating func append(_ text: String) { result.append(text.utf8, isTrusted: false) }

    private mutating func write(
        _ value: TemplateValue, level: Int, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) {
        try renderer.step()
        try renderer.checkSize(result.bytes.count)
        switch value {
        case .none: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let number): append(String(number))
        case .bigInteger(let digits): append(digits)
        case .real(let number): append(PythonNumber.json(number))
        case .text(let text): write(text)
        case .list(let items), .tuple(let items): try write(items, level: level, &renderer)
        case .dictionary(let dictionary): try write(dictionary, level: level, &renderer)
        case .undefined: throw renderer.undefined(value)
        default: throw renderer.typeError("a value of type \(value.typeName) has no JSON form")
        }
    }

    private mutating func write(
        _ items: [TemplateValue], level: Int, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) {
        guard !items.isEmpty else { return append("[]") }
        append("[")
        for (index, item) in items.enumerated() {
            if index > 0 { result.append(itemSeparator) }
            breakLine(level + 1)
            try write(item, level: level + 1, &renderer)
        }
        breakLine(level)
        append("]")
    }

    private mutating func write(
        _ dictionary: TemplateDictionary, level: Int, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) {
        guard dictionary.count > 0 else { return append("{}") }
        var items = dictionary.items
        if sortsKeys { items = try TemplateFilters.sorted(items, dictionary.keys, false, &renderer) }
        append("{")
        for (index, item) in items.enumerated() {
            guard case .tuple(let pair) = item else { continue }
            if index > 0 { result.append(itemSeparator) }
            breakLine(level + 1)
            try writeKey(pair[0], renderer)
            result.append(keySeparator)
            try write(pair[1], level: level + 1, &renderer)
        }
        breakLine(level)
        append("}")
    }

    private mutating func writeKey(_ key: TemplateValue, _ renderer: TemplateRenderer) throws(ONNXError) {
        switch key {
        case .text(let text): write(text)
        case .bool(let flag): append(flag ? "\"true\"" : "\"false\"")
        case .none: append("\"null\"")
        case .integer(let number): append("\"\(number)\"")
        case .bigInteger(let digits): append("\"\(digits)\"")
        case .real(let number): append("\"\(PythonNumber.json(number))\"")
        default: throw renderer.typeError("a value of type \(key.typeName) cannot be a key in JSON")
        }
    }

    private mutating func write(_ text: TemplateText) {
        append("\"")
        var encoded = TemplateText()
        let escapesNonASCII = escapesNonASCII
        text.forEachScalar { scalar, isTrusted in
            let isPlain = scalar.value >= 0x20 && scalar != "\"" && scalar != "\\"
            if isPlain, !escapesNonASCII || scalar.value < 0x7F {
                encoded.append(scalar, isTrusted: isTrusted)
            } else {
                var writer = JSONWriter(style: JSONStyle(escapesNonASCII: escapesNonASCII))
                writer.write(String(scalar))
                encoded.append(writer.bytes.dropFirst().dropLast(), isTrusted: isTrusted)
            }
        }
        result.append(encoded)
        append("\"")
    }

    private mutating func breakLine(_ level: Int) {
        guard let indent else { return }
        append("\n")
        for _ in 0..<level { result.append(indent) }
    }
}
