// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateFilters {
    /// What items are sorted by: an attribute, or several with commas between; strings without regard to case unless
    /// asked otherwise. `asLists` compares even single keys as lists, among which missing ones are equal.
    static func sortKeys(
        _ items: [TemplateValue], _ caseSensitive: TemplateValue?, _ name: TemplateValue?,
        asLists: Bool = false, _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        let isCaseSensitive = caseSensitive?.isTruthy ?? false
        var names: [TemplateValue?] = [name]
        if case .text(let text)? = name, text.bytes.contains(0x2C) {
            names = text.split(by: [0x2C], limit: -1, fromEnd: false).map { .text($0) }
        }
        var keys: [TemplateValue] = []
        for item in items {
            var parts: [TemplateValue] = []
            for name in names {
                var key = try attribute(name, of: item, &renderer)
                if !isCaseSensitive, case .text(let text) = key { key = .text(text.lowercased) }
                parts.append(key)
            }
            keys.append(parts.count == 1 && !asLists ? parts[0] : .tuple(parts))
        }
        return keys
    }

    /// Sorts stably by keys, by merging.
    static func sorted(
        _ items: [TemplateValue], _ keys: [TemplateValue], _ isReversed: Bool,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> [TemplateValue] {
        var order = Array(items.indices)
        var width = 1
        while width < order.count {
            var merged: [Int] = []
            merged.reserveCapacity(order.count)
            for start in stride(from: 0, to: order.count, by: 2 * width) {
                var left = start
                let middle = min(start + width, order.count)
                var right = middle
                let end = min(start + 2 * width, order.count)
                while left < middle, right < end {
                    try renderer.step()
                    let takesRight = try renderer.isOrdered(
                        isReversed ? .greater : .less, keys[order[right]], keys[order[left]])
                    merged.append(takesRight ? order[right] : order[left])
                    if takesRight { right += 1 } else { left += 1 }
                }
                merged += order[left..<middle]
                merged += order[right..<end]
            }
            order = merged
            width *= 2
        }
        return order.map { items[$0] }
    }

    static func sortedItems(
        _ value: TemplateValue, _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        try arguments.check(["case_sensitive", "by", "reverse"], for: what, renderer)
        guard case .dictionary(let dictionary) = value else {
            if value.isUndefined { throw renderer.undefined(value) }
            throw renderer.typeError("\(what) needs a dictionary, not \(value.typeName)")
        }
        let by = arguments.value(1, "by")?.shown.string ?? "key"
        guard by == "key" || by == "value" else {
            throw renderer.typeError("\(what) sorts by key or value, not '\(by)'")
        }
        let keys = try sortKeys(
            by == "key" ? dictionary.keys : dictionary.values, arguments.value(0, "case_sensitive"), nil,
            &renderer)
        return .list(
            try sorted(dictionary.items, keys, arguments.value(2, "reverse")?.isTruthy ?? false, &renderer))
    }

    static func grouped(
        _ items: [TemplateValue], _ arguments: TemplateCallArguments, _ what: String,
        _ renderer: inout TemplateRenderer
    ) throws(ONNXError) -> TemplateValue {
        try arguments.check(["attribute", "default", "case_sensitive"], for: what, renderer)
        let name = arguments.value(0, "attribute")
        let isCaseSensitive = arguments.value(2, "case_sensitive")
        var keys = try sortKeys(items, isCaseSensitive, name, &renderer)
        if let fallback = arguments.value(1, "default") {
            keys = keys.map { $0.isUndefined ? fallback : $0 }
        }
        let order = try sorted(items.indices.map { .integer($0) }, keys, false, &renderer)
        var groups: [TemplateValue] = []
        var members: [TemplateValue] = []
        var groupKey: TemplateValue?
        var shownKey: TemplateValue = .none
        for case .integer(let index) in order {
            if let key = groupKey, !key.equals(keys[index]) {
                groups.append(.tuple([shownKey, .list(members)]))
                members = []
            }
            if members.isEmpty {
                groupKey = keys[index]
                shownKey = try attribute(name, of: items[index], &renderer)
                if shownKey.isUndefined { shownKey = keys[index] }
            }
            members.append(items[index])
        }
        if !members.isEmpty { groups.append(.tuple([shownKey, .list(members)])) }
        return .list(groups)
    }
}
