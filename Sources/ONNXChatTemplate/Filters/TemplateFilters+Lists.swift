// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateFilters {
    static func list(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        let what = "the filter '\(name)'"
        switch name {
        case "items":
            if value.isUndefined { return .iterator([]) }
            guard case .dictionary(let dictionary) = value else {
                throw renderer.typeError("\(what) needs a dictionary, not \(value.typeName)")
            }
            return .iterator(dictionary.items)
        case "dictsort": return try sortedItems(value, arguments, what, &renderer)
        case "reverse":
            if case .text(let text) = value {
                var result = TemplateText()
                for character in text.characters().reversed() { result.append(character) }
                return .text(result)
            }
            if case .iterator(let items) = value { return .list(items.reversed()) }
            return .iterator(try renderer.elements(of: value).reversed())
        case "last":
            if case .iterator = value {
                throw renderer.typeError("\(what) needs a sequence, not a generator")
            }
        case "map", "select", "reject", "selectattr", "rejectattr":
            if !value.isTruthy { return .iterator([]) }
        default: break
        }
        let items = try renderer.elements(of: value)
        try renderer.step(items.count)
        switch name {
        case "list": return .list(items)
        case "first": return items.first ?? .undefined("the first item of an empty sequence is undefined")
        case "last": return items.last ?? .undefined("the last item of an empty sequence is undefined")
        case "join": return .text(try joined(items, arguments, what, &renderer))
        case "map": return .iterator(try mapped(items, arguments, what, &renderer))
        case "select", "reject", "selectattr", "rejectattr":
            return .iterator(try selected(name, items, arguments, what, &renderer))
        case "sort":
            try arguments.check(["reverse", "case_sensitive", "attribute"], for: what, renderer)
            let keys = try sortKeys(
                items, arguments.value(1, "case_sensitive"), arguments.value(2, "attribute"),
                asLists: true, &renderer)
            return .list(try sorted(items, keys, arguments.value(0, "reverse")?.isTruthy ?? false, &renderer))
        case "unique":
            try arguments.check(["case_sensitive", "attribute"], for: what, renderer)
            return .iterator(try unique(items, arguments, &renderer))
        case "min", "max":
            try arguments.check(["case_sensitive", "attribute"], for: what, renderer)
            return try extreme(items, isMinimum: name == "min", arguments, &renderer)
        case "sum":
            try arguments.check(["attribute", "start"], for: what, renderer)
            var total = arguments.value(1, "start") ?? .integer(0)
            for item in items {
                let part = try attribute(arguments.value(0, "attribute"), of: item, &renderer)
                total = try renderer.arithmetic(.add, total, part)
            }
            return total
        case "groupby": return try grouped(items, arguments, what, &renderer)
        default: return try cut(name, items, arguments, what, &renderer)
        }
    }

    private static func joined(
        _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateText {
        try arguments.check(["d", "attribute"], for: what, renderer)
        let separator = try arguments.value(0, "d").map { (value) throws(ONNXError) in
            try renderer.shown(value)
        }
        var result = TemplateText()
        for (index, item) in items.enumerated() {
            if index > 0, let separator { result.append(separator) }
            result.append(
                try renderer.shown(try attribute(arguments.value(1, "attribute"), of: item, &renderer)))
            try renderer.checkSize(result.bytes.count)
        }
        try renderer.charge(bytes: result.bytes.count)
        return result
    }

    /// The attribute that a dotted name or a number leads to, or the item itself without a name.
    static func attribute(
        _ name: TemplateValue?, of item: TemplateValue, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        switch name {
        case nil, .some(.none): return item
        case .text(let path):
            var result = item
            for part in path.split(by: [0x2E], limit: -1, fromEnd: false) {
                let isNumber = !part.isEmpty && part.bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                let key = isNumber ? Int(part.string).map { TemplateValue.integer($0) } : nil
                result = try renderer.item(key ?? .text(part), of: result)
            }
            return result
        case .some(let key): return try renderer.item(key, of: item)
        }
    }

    private static func mapped(
        _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        var result: [TemplateValue] = []
        if arguments.positional.isEmpty {
            guard let name = arguments.value(-1, "attribute") else {
                throw renderer.typeError("\(what) needs the name of a filter or an attribute")
            }
            let fallback = arguments.value(-1, "default")
            for item in items {
                let value = try attribute(name, of: item, &renderer)
                result.append(value.isUndefined ? fallback ?? value : value)
            }
            return result
        }
        guard case .text(let name) = arguments.positional[0], names.contains(name.string) else {
            throw renderer.fail("template.unsupported", "\(what) does not know the filter it is given")
        }
        let rest = arguments.dropping(1)
        for item in items { result.append(try apply(name.string, to: item, rest, &renderer)) }
        return result
    }

    private static func selected(
        _ name: String, _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        let takesAttribute = name.hasSuffix("attr")
        let wanted = name.hasPrefix("select")
        guard !takesAttribute || !arguments.positional.isEmpty else {
            throw renderer.typeError("\(what) needs the name of an attribute")
        }
        let attributeName = takesAttribute ? arguments.positional.first : nil
        let rest = arguments.dropping(takesAttribute ? 1 : 0)
        var test: String?
        if let given = rest.positional.first {
            guard case .text(let text) = given, TemplateTests.names.contains(text.string) else {
                throw renderer.fail("template.unsupported", "\(what) does not know the test it is given")
            }
            test = text.string
        }
        var result: [TemplateValue] = []
        for item in items {
            let value = try attribute(attributeName, of: item, &renderer)
            let holds =
                try test.map { (test) throws(ONNXError) in
                    try TemplateTests.holds(test, value, rest.dropping(1), &renderer)
                } ?? value.isTruthy
            if holds == wanted { result.append(item) }
        }
        return result
    }

    private static func unique(
        _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        let keys = try sortKeys(
            items, arguments.value(0, "case_sensitive"), arguments.value(1, "attribute"), &renderer)
        var seen: Set<TemplateDictionary.Key> = []
        var result: [TemplateValue] = []
        for (item, value) in zip(items, keys) {
            guard let key = value.key else {
                throw renderer.typeError(
                    "a value of type \(value.typeName) cannot be compared for equality here")
            }
            if seen.insert(key).inserted { result.append(item) }
        }
        return result
    }

    private static func extreme(
        _ items: [TemplateValue], isMinimum: Bool, _ arguments: TemplateCallArguments,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        guard !items.isEmpty else { return .undefined("the sequence is empty") }
        let keys = try sortKeys(
            items, arguments.value(0, "case_sensitive"), arguments.value(1, "attribute"), &renderer)
        var best = 0
        for index in items.indices.dropFirst() {
            let isBetter = try renderer.isOrdered(isMinimum ? .less : .greater, keys[index], keys[best])
            if isBetter { best = index }
        }
        return items[best]
    }

    private static func cut(
        _ name: String, _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        let countName = name == "batch" ? "linecount" : "slices"
        try arguments.check([countName, "fill_with"], for: what, renderer)
        let count = try integer(arguments.value(0, countName), 0, what, renderer)
        let fill = arguments.value(1, "fill_with")
        guard count > 0, count <= renderer.limits.rangeCount else {
            throw renderer.fail(
                "template.limit", "\(what) needs a number from 1 to \(renderer.limits.rangeCount)")
        }
        try renderer.charge(elements: items.count + count)
        var result: [TemplateValue] = []
        if name == "batch" {
            for start in stride(from: 0, to: items.count, by: count) {
                var part = Array(items[start..<min(start + count, items.count)])
                if let fill, !fill.equals(.none), part.count < count {
                    part += repeatElement(fill, count: count - part.count)
                }
                result.append(.list(part))
            }
            return .iterator(result)
        }
        let size = items.count / count
        let longer = items.count % count
        var start = 0
        for index in 0..<count {
            let end = start + size + (index < longer ? 1 : 0)
            var part = Array(items[start..<end])
            if let fill, !fill.equals(.none), index >= longer { part.append(fill) }
            result.append(.list(part))
            start = end
        }
        return .iterator(result)
    }
}
