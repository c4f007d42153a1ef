// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The methods of strings, lists and dictionaries that templates can call: those that change nothing.
enum TemplateMethods {
    static let dictionary: Set<String> = ["items", "keys", "values", "get", "copy"]
    static let list: Set<String> = ["index", "count", "copy"]
    static let text: Set<String> = [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "upper",
        "lower",
        "title", "capitalize", "casefold", "swapcase", "replace", "find", "rfind", "index", "rindex", "count",
        "join",
        "format", "partition", "rpartition", "removeprefix", "removesuffix", "ljust", "rjust", "center",
        "zfill",
        "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "isascii",
    ]

    static func call(
        _ name: String, on receiver: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        switch receiver {
        case .text(let text): return try callText(name, text, arguments, &renderer)
        case .dictionary(let dictionary): return try callDictionary(name, dictionary, arguments, renderer)
        case .list(let items), .tuple(let items):
            if name == "copy" { return .list(items) }
            try arguments.check(["value"], for: name, renderer)
            guard let wanted = arguments.value(0, "value") else {
                throw renderer.typeError("\(name) needs a value")
            }
            if name == "count" { return .integer(items.count { $0.equals(wanted) }) }
            guard let index = items.firstIndex(where: { $0.equals(wanted) }) else {
                throw renderer.typeError("the value is not in the list")
            }
            return .integer(index)
        case .loop(let index): return try callLoop(name, index, arguments, &renderer)
        case .function:
            guard let keys = arguments.positional.first else {
                throw renderer.typeError("fromkeys needs keys")
            }
            var result = TemplateDictionary()
            for key in try renderer.elements(of: keys) {
                guard let hashed = key.key else { throw renderer.typeError("a value cannot be a key") }
                result.set(arguments.value(1, "value") ?? .none, for: key, hashed)
            }
            return .dictionary(result)
        default: throw renderer.typeError("a value of type \(receiver.typeName) has no method '\(name)'")
        }
    }

    private static func callDictionary(
        _ name: String, _ dictionary: TemplateDictionary, _ arguments: TemplateCallArguments,
        _ renderer: TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        switch name {
        case "items": return .view("dict_items", dictionary.items)
        case "keys": return .view("dict_keys", dictionary.keys)
        case "values": return .view("dict_values", dictionary.values)
        case "copy": return .dictionary(dictionary)
        default:
            guard arguments.named.isEmpty, (1...2).contains(arguments.positional.count) else {
                throw renderer.typeError("get takes a key and a default, without names")
            }
            guard let key = arguments.positional[0].key else {
                throw renderer.typeError("the value cannot be a key")
            }
            return dictionary[key] ?? arguments.value(1, "") ?? .none
        }
    }

    private static func callLoop(
        _ name: String, _ index: Int, _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        if name == "cycle" {
            guard !arguments.positional.isEmpty else {
                throw renderer.typeError("cycle needs something to cycle")
            }
            return arguments.positional[renderer.loops[index].index % arguments.positional.count]
        }
        let value = TemplateValue.tuple(arguments.positional)
        if let last = renderer.loops[index].lastChanged, last.equals(value) { return .bool(false) }
        renderer.loops[index].lastChanged = value
        return .bool(true)
    }
}
