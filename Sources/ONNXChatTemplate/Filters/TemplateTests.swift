// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The tests that templates can use after `is`.
enum TemplateTests {
    static let names: Set<String> = [
        "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "==", "escaped", "even", "false",
        "filter",
        "float", "ge", ">=", "greaterthan", "gt", ">", "in", "integer", "iterable", "le", "<=", "lessthan",
        "lt", "<",
        "lower", "mapping", "ne", "!=", "none", "number", "odd", "sameas", "sequence", "string", "test",
        "true",
        "undefined", "upper",
    ]

    static func holds(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> Bool {
        if let known = ofType(name, value) { return known }
        guard names.contains(name) else {
            throw renderer.fail("template.unsupported", "the test '\(name)' is not supported")
        }
        try renderer.charge(walking: value)
        for argument in arguments.positional { try renderer.charge(walking: argument) }
        switch name {
        case "lower": return isCased(value, isLower: true)
        case "upper": return isCased(value, isLower: false)
        case "odd", "even":
            let rest = try remainder(value, .integer(2), &renderer)
            return rest.equals(.integer(name == "odd" ? 1 : 0))
        case "filter", "test":
            switch value {
            case .list, .dictionary, .view("dict_items", _), .view("dict_keys", _):
                throw renderer.typeError("a value of type \(value.typeName) is no name")
            default: break
            }
            let known = name == "filter" ? TemplateFilters.names : names
            return known.contains(value.shown.string)
        default: break
        }
        guard let other = arguments.positional.first ?? arguments.named.first?.value else {
            throw renderer.typeError("the test '\(name)' needs an argument")
        }
        switch name {
        case "eq", "equalto", "==": return value.equals(other)
        case "ne", "!=": return !value.equals(other)
        case "lt", "lessthan", "<": return try renderer.isOrdered(.less, value, other)
        case "le", "<=": return try renderer.isOrdered(.lessOrEqual, value, other)
        case "gt", "greaterthan", ">": return try renderer.isOrdered(.greater, value, other)
        case "ge", ">=": return try renderer.isOrdered(.greaterOrEqual, value, other)
        case "in": return try renderer.contains(other, value)
        case "divisibleby": return try remainder(value, other, &renderer).equals(.integer(0))
        case "sameas": return value.typeName == other.typeName && value.equals(other)
        default: return false
        }
    }

    private static func remainder(
        _ value: TemplateValue, _ divisor: TemplateValue, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        try renderer.arithmetic(.modulo, value, divisor)
    }

    /// The tests that look at the value alone; nil for the others.
    private static func ofType(_ name: String, _ value: TemplateValue) -> Bool? {
        switch (name, value) {
        case ("defined", _): return !value.isUndefined
        case ("undefined", _): return value.isUndefined
        case ("none", .none): return true
        case ("true", .bool(let flag)): return flag
        case ("false", .bool(let flag)): return !flag
        case ("boolean", .bool): return true
        case ("string", .text): return true
        case ("integer", .integer), ("integer", .bigInteger): return true
        case ("float", .real): return true
        case ("number", .integer), ("number", .bigInteger), ("number", .real), ("number", .bool): return true
        case ("mapping", .dictionary): return true
        case ("sequence", _):
            switch value {
            case .text, .list, .tuple, .dictionary, .range, .undefined: return true
            default: return false
            }
        case ("iterable", _):
            switch value {
            case .text, .list, .tuple, .dictionary, .range, .undefined, .iterator, .view, .loop: return true
            default: return false
            }
        case ("callable", _):
            switch value {
            case .macro, .function, .method, .undefined, .loop: return true
            default: return false
            }
        case ("none", _), ("true", _), ("false", _), ("boolean", _), ("string", _), ("integer", _),
            ("float", _),
            ("number", _), ("mapping", _), ("escaped", _):
            return false
        default: return nil
        }
    }

    private static func isCased(_ value: TemplateValue, isLower: Bool) -> Bool {
        var hasCased = false
        for scalar in value.shown.string.unicodeScalars where scalar.properties.isCased {
            hasCased = true
            if isLower ? !scalar.properties.isLowercase : !scalar.properties.isUppercase { return false }
        }
        return hasCased
    }
}
