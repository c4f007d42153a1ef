// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

extension TemplateValue {
    /// Python's `str`: what printing the value shows.
    var shown: TemplateText {
        switch self {
        case .text(let text): text
        case .undefined: TemplateText()
        default: represented
        }
    }

    /// Python's `repr`.
    var represented: TemplateText {
        var text = TemplateText()
        represent(into: &text)
        return text
    }

    private func represent(into text: inout TemplateText) {
        func plain(_ part: String) { text.append(part.utf8, isTrusted: false) }
        switch self {
        case .undefined: plain("Undefined")
        case .none: plain("None")
        case .bool(let value): plain(value ? "True" : "False")
        case .integer(let value): plain(String(value))
        case .bigInteger(let digits): plain(digits)
        case .real(let value): plain(PythonNumber.repr(value))
        case .text(let value): Self.quote(value, into: &text)
        case .list(let items): Self.represent(items, "[", "]", into: &text)
        case .tuple(let items): Self.represent(items, "(", items.count == 1 ? ",)" : ")", into: &text)
        case .view(let name, let items):
            plain(name + "(")
            Self.represent(items, "[", "]", into: &text)
            plain(")")
        case .dictionary(let dictionary):
            plain("{")
            for (index, (key, value)) in zip(dictionary.keys, dictionary.values).enumerated() {
                if index > 0 { plain(", ") }
                key.represent(into: &text)
                plain(": ")
                value.represent(into: &text)
            }
            plain("}")
        case .range(let range):
            plain("range(\(range.start), \(range.stop)\(range.step == 1 ? "" : ", \(range.step)"))")
        case .iterator, .namespace, .macro, .loop, .function, .method: plain("<\(typeName)>")
        }
    }

    private static func represent(
        _ items: [TemplateValue], _ open: String, _ close: String, into text: inout TemplateText
    ) {
        text.append(open.utf8, isTrusted: false)
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(", ".utf8, isTrusted: false) }
            item.represent(into: &text)
        }
        text.append(close.utf8, isTrusted: false)
    }

    private static func quote(_ value: TemplateText, into text: inout TemplateText) {
        let hasSingle = value.bytes.contains(0x27)
        let quote: UInt8 = hasSingle && !value.bytes.contains(0x22) ? 0x22 : 0x27
        var result = TemplateText()
        result.append(CollectionOfOne(quote), isTrusted: false)
        value.forEachScalar { scalar, isTrusted in
            switch scalar.value {
            case UInt32(quote), 0x5C: result.append([0x5C, UInt8(scalar.value)], isTrusted: isTrusted)
            case 0x0A: result.append("\\n".utf8, isTrusted: isTrusted)
            case 0x0D: result.append("\\r".utf8, isTrusted: isTrusted)
            case 0x09: result.append("\\t".utf8, isTrusted: isTrusted)
            case _ where isPrintable(scalar): result.append(scalar, isTrusted: isTrusted)
            case let code:
                let digits = String(code, radix: 16)
                let width = code < 0x100 ? 2 : code < 0x10000 ? 4 : 8
                let mark = code < 0x100 ? "\\x" : code < 0x10000 ? "\\u" : "\\U"
                let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
                result.append((mark + zeros + digits).utf8, isTrusted: isTrusted)
            }
        }
        result.append(CollectionOfOne(quote), isTrusted: false)
        text.append(result)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value == 0x20 { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }
}
