// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension TemplateRenderer {
    /// `value.name`: a method or attribute first, then an item.
    func attribute(_ name: String, of value: TemplateValue) throws(ONNXError) -> TemplateValue {
        if value.isUndefined { throw undefined(value) }
        if let found = member(name, of: value) { return found }
        if case .dictionary(let dictionary) = value, let item = dictionary[name] { return item }
        return missing(name, of: value)
    }

    /// `value[key]`: an item first, then a method or attribute.
    func item(_ key: TemplateValue, of value: TemplateValue) throws(ONNXError) -> TemplateValue {
        if value.isUndefined { throw undefined(value) }
        if let found = element(key, of: value) { return found }
        if case .text(let name) = key, let found = member(name.string, of: value) { return found }
        return missing(key.shown.string, of: value)
    }

    private func missing(_ name: String, of value: TemplateValue) -> TemplateValue {
        .undefined("a value of type \(value.typeName) has no '\(name)'")
    }

    private func element(_ key: TemplateValue, of value: TemplateValue) -> TemplateValue? {
        switch value {
        case .dictionary(let dictionary):
            guard let key = key.key else { return nil }
            return dictionary[key]
        case .list(let items), .tuple(let items):
            guard let index = index(key, count: items.count) else { return nil }
            return items[index]
        case .range(let range):
            guard let index = index(key, count: range.count) else { return nil }
            return .integer(range.element(index))
        case .text(let text):
            guard let index = index(key, count: text.count) else { return nil }
            if text.isASCII { return .text(text.part(index..<index + 1)) }
            let starts = text.starts()
            return .text(text.part(starts[index]..<starts[index + 1]))
        case .namespace(let index):
            guard case .text(let name) = key else { return nil }
            return namespaces[index][name.string]
        default: return nil
        }
    }

    private func index(_ key: TemplateValue, count: Int) -> Int? {
        guard case .integer(let number)? = key.number, number >= -count, number < count else { return nil }
        return number < 0 ? number + count : number
    }

    func member(_ name: String, of value: TemplateValue) -> TemplateValue? {
        switch value {
        case .text: return TemplateMethods.text.contains(name) ? .method(value, name) : nil
        case .dictionary: return TemplateMethods.dictionary.contains(name) ? .method(value, name) : nil
        case .tuple where name == "copy": return nil
        case .list, .tuple: return TemplateMethods.list.contains(name) ? .method(value, name) : nil
        case .namespace(let index): return namespaces[index][name]
        case .loop(let index): return loopMember(name, index)
        case .macro(let index) where name == "name": return .trusted(macros[index].definition.name)
        case .function("dict") where name == "fromkeys": return .method(value, name)
        case .range(let range):
            switch name {
            case "start": return .integer(range.start)
            case "step": return .integer(range.step)
            case "stop": return .integer(range.stop)
            default: return nil
            }
        default: return nil
        }
    }

    private func loopMember(_ name: String, _ index: Int) -> TemplateValue? {
        let loop = loops[index]
        let count = loop.items.count
        switch name {
        case "index": return .integer(loop.index + 1)
        case "index0": return .integer(loop.index)
        case "revindex": return .integer(count - loop.index)
        case "revindex0": return .integer(count - loop.index - 1)
        case "first": return .bool(loop.index == 0)
        case "last": return .bool(loop.index == count - 1)
        case "length": return .integer(count)
        case "depth": return .integer(loop.depth)
        case "depth0": return .integer(loop.depth - 1)
        case "previtem":
            return loop.index > 0 ? loop.items[loop.index - 1] : .undefined("there is no previous item")
        case "nextitem":
            return loop.index + 1 < count ? loop.items[loop.index + 1] : .undefined("there is no next item")
        case "cycle", "changed": return .method(.loop(index), name)
        default: return nil
        }
    }

    /// `value[start:stop:step]`, with Python's rules for bounds.
    mutating func slice(
        _ value: TemplateValue, _ start: TemplateValue, _ stop: TemplateValue, _ step: TemplateValue
    ) throws(ONNXError) -> TemplateValue {
        if value.isUndefined { throw undefined(value) }
        let count: Int
        switch value {
        case .list(let items), .tuple(let items): count = items.count
        case .text(let text): count = text.count
        case .range(let range): count = range.count
        default: throw typeError("a value of type \(value.typeName) cannot be sliced")
        }
        let indexes = try sliceIndexes(count, start, stop, step)
        try charge(elements: indexes.count)
        switch value {
        case .list(let items): return .list(indexes.map { items[$0] })
        case .tuple(let items): return .tuple(indexes.map { items[$0] })
        case .range(let range):
            let (first, end, step) = try sliceBounds(count, start, stop, step)
            return .range(
                TemplateRange(
                    start: range.element(first), step: range.step &* step, count: indexes.count,
                    stop: range.element(end)))
        case .text(let text):
            let starts = text.starts()
            if let first = indexes.first, let last = indexes.last, indexes.count == last - first + 1,
                first <= last
            {
                return .text(text.part(starts[first]..<starts[last + 1]))
            }
            var result = TemplateText()
            for index in indexes { result.append(text.part(starts[index]..<starts[index + 1])) }
            return .text(result)
        default: return .none
        }
    }

    private func sliceIndexes(
        _ count: Int, _ start: TemplateValue, _ stop: TemplateValue, _ step: TemplateValue
    ) throws(ONNXError) -> [Int] {
        let (first, end, step) = try sliceBounds(count, start, stop, step)
        var indexes: [Int] = []
        var index = first
        while step > 0 ? index < end : index > end {
            indexes.append(index)
            guard step > 0 ? step < end - index : step > end - index else { break }
            index += step
        }
        return indexes
    }

    /// The first index, the one before which the slice ends, and the step, all within a sequence of `count`.
    private func sliceBounds(
        _ count: Int, _ start: TemplateValue, _ stop: TemplateValue, _ step: TemplateValue
    ) throws(ONNXError) -> (first: Int, end: Int, step: Int) {
        let step = try bound(step) ?? 1
        guard step != 0 else { throw fail("template.arithmetic", "the step of a slice is 0") }
        func clamp(_ index: Int, _ low: Int, _ high: Int) -> Int {
            let fromStart = index < 0 ? max(index, -count - 1) + count : index
            return min(max(fromStart, low), high)
        }
        if step > 0 {
            return (clamp(try bound(start) ?? 0, 0, count), clamp(try bound(stop) ?? count, 0, count), step)
        }
        return (
            try bound(start).map { clamp($0, -1, count - 1) } ?? count - 1,
            try bound(stop).map { clamp($0, -1, count - 1) } ?? -1, step
        )
    }

    private func bound(_ value: TemplateValue) throws(ONNXError) -> Int? {
        if case .none = value { return nil }
        guard case .integer(let number)? = value.number else {
            if value.isUndefined { throw undefined(value) }
            throw typeError("the bounds of a slice must be integers, not \(value.typeName)")
        }
        return number
    }
}
