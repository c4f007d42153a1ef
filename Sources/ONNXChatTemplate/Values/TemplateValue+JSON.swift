// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

extension TemplateValue {
    /// A value of the data, all of whose texts are untrusted.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .number(.integer(let number)): self = .integer(number)
        case .number(let number):
            if case .real(let value, let literal) = number {
                self = number.isIntegerLiteral ? .bigInteger(literal) : .real(value)
            } else {
                self = .none
            }
        case .string(let text): self = .data(text)
        case .array(let elements): self = .list(elements.map { TemplateValue($0) })
        case .object(let object):
            var dictionary = TemplateDictionary()
            for (key, value) in zip(object.keys, object.values) {
                dictionary.set(TemplateValue(value), for: key, isTrusted: false)
            }
            self = .dictionary(dictionary)
        }
    }
}
