// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The functions that every template can call.
enum TemplateFunctions {
    static let names: Set<String> = [
        "range", "dict", "namespace", "raise_exception", "strftime_now", "lipsum", "cycler", "joiner",
    ]

    static func call(
        _ name: String, _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        switch name {
        case "range": return try range(arguments, &renderer)
        case "dict": return .dictionary(try dictionary(arguments, &renderer))
        case "namespace":
            let values = try dictionary(arguments, &renderer)
            var names: [String: TemplateValue] = [:]
            for (key, value) in zip(values.keys, values.values) {
                let name = key.shown.string
                try renderer.checkNamespaceName(name)
                names[name] = value
            }
            renderer.namespaces.append(names)
            return .namespace(renderer.namespaces.count - 1)
        case "raise_exception":
            try arguments.check(["message"], for: name, renderer)
            throw ONNXError(
                "template.raised", arguments.value(0, "message")?.shown.string ?? "",
                context: ["line \(renderer.place.line) column \(renderer.place.column) of the template"])
        case "strftime_now":
            try arguments.check(["format"], for: name, renderer)
            guard case .text(let format)? = arguments.value(0, "format") else {
                throw renderer.typeError("strftime_now needs a format")
            }
            guard format.bytes.count <= 1024 else {
                throw renderer.fail("template.limit", "the format of strftime_now has more than 1024 bytes")
            }
            return .text(try renderer.clock.formatted(format, renderer))
        default: throw renderer.fail("template.unsupported", "the function '\(name)' is not supported")
        }
    }

    private static func range(
        _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
            throw renderer.typeError("range takes one to three arguments")
        }
        var numbers: [Int] = []
        for value in arguments.positional {
            guard case .integer(let number)? = value.number else {
                if value.isUndefined { throw renderer.undefined(value) }
                throw renderer.typeError("range needs integers, not \(value.typeName)")
            }
            numbers.append(number)
        }
        let start = numbers.count > 1 ? numbers[0] : 0
        let stop = numbers.count > 1 ? numbers[1] : numbers[0]
        let step = numbers.count > 2 ? numbers[2] : 1
        guard step != 0 else { throw renderer.fail("template.arithmetic", "the step of range is 0") }
        let isEmpty = step > 0 ? start >= stop : start <= stop
        guard !isEmpty else { return .range(TemplateRange(start: start, step: step, count: 0, stop: stop)) }
        let (distance, overflow) = stop.subtractingReportingOverflow(start)
        let count = overflow ? UInt.max : (distance.magnitude - 1) / step.magnitude + 1
        guard count <= renderer.limits.rangeCount else {
            throw renderer.fail(
                "template.limit", "a range has more than the limit of \(renderer.limits.rangeCount) elements")
        }
        return .range(TemplateRange(start: start, step: step, count: Int(count), stop: stop))
    }

    /// Python's `dict(mapping or pairs, **names)`.
    private static func dictionary(
        _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateDictionary {
        guard arguments.positional.count <= 1 else {
            throw renderer.typeError("a dictionary takes at most one argument without a name")
        }
        var result = TemplateDictionary()
        if let source = arguments.positional.first {
            if source.isUndefined { throw renderer.undefined(source) }
            if case .dictionary(let dictionary) = source {
                result = dictionary
            } else {
                for pair in try renderer.elements(of: source) {
                    let items = try renderer.elements(of: pair)
                    guard items.count == 2, let key = items[0].key else {
                        throw renderer.typeError("a dictionary is made from pairs of a key and a value")
                    }
                    result.set(items[1], for: items[0], key)
                }
            }
        }
        for argument in arguments.named { result.set(argument.value, for: argument.name, isTrusted: true) }
        return result
    }
}
