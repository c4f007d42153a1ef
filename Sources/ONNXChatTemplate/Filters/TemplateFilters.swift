// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The filters that templates can use.
enum TemplateFilters {
    static let names: Set<String> = textNames.union(listNames).union(otherNames)

    private static let textNames: Set<String> = [
        "capitalize", "center", "e", "escape", "forceescape", "format", "indent", "lower", "replace", "safe",
        "string",
        "title", "trim", "upper", "wordcount", "truncate",
    ]
    private static let listNames: Set<String> = [
        "batch", "dictsort", "first", "items", "join", "last", "list", "map", "max", "min", "reject",
        "rejectattr",
        "reverse", "select", "selectattr", "slice", "sort", "sum", "unique", "groupby",
    ]
    private static let otherNames: Set<String> = [
        "abs", "attr", "count", "d", "default", "float", "int", "length", "round", "tojson",
    ]

    static func apply(
        _ name: String, to value: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        if case .text(let text) = value { try renderer.charge(bytes: text.bytes.count) }
        if textNames.contains(name) { return .text(try text(name, value, arguments, &renderer)) }
        if listNames.contains(name) { return try list(name, value, arguments, &renderer) }
        let what = "the filter '\(name)'"
        guard otherNames.contains(name) else {
            throw renderer.fail("template.unsupported", "\(what) is not supported")
        }
        switch name {
        case "d", "default":
            try arguments.check(["default_value", "boolean"], for: what, renderer)
            let replaces =
                value.isUndefined || (arguments.value(1, "boolean")?.isTruthy ?? false) && !value.isTruthy
            return replaces ? arguments.value(0, "default_value") ?? .trusted("") : value
        case "count", "length":
            try arguments.check([], for: what, renderer)
            return .integer(try length(of: value, renderer))
        case "tojson": return .text(try TemplateJSON.text(of: value, arguments, &renderer))
        case "attr":
            try arguments.check(["name"], for: what, renderer)
            guard let attribute = arguments.value(0, "name") else {
                throw renderer.typeError("\(what) needs a name")
            }
            if value.isUndefined { throw renderer.undefined(value) }
            let name = attribute.shown.string
            return renderer.member(name, of: value)
                ?? .undefined("a value of type \(value.typeName) has no '\(name)'")
        default: return try number(name, value, arguments, &renderer)
        }
    }

    static func length(of value: TemplateValue, _ renderer: TemplateRenderer) throws(ONNXError) -> Int {
        switch value {
        case .text(let text): return text.count
        case .list(let items), .tuple(let items), .view(_, let items): return items.count
        case .dictionary(let dictionary): return dictionary.count
        case .range(let range): return range.count
        case .loop(let index): return renderer.loops[index].items.count
        case .undefined: return 0
        default: throw renderer.typeError("a value of type \(value.typeName) has no length")
        }
    }

    /// An integer argument, or a default where it is left out.
    static func integer(
        _ value: TemplateValue?, _ fallback: Int, _ what: String, _ renderer: TemplateRenderer
    ) throws(ONNXError) -> Int {
        guard let value else { return fallback }
        guard case .integer(let number)? = value.number else {
            throw renderer.typeError("\(what) needs an integer, not \(value.typeName)")
        }
        return number
    }
}
