// SPDX-License-Identifier: Apache-2.0

/// Which ends of a text an operation works on.
struct TextEnds: OptionSet {
    let rawValue: Int
    static let start = TextEnds(rawValue: 1)
    static let end = TextEnds(rawValue: 2)
    static let both: TextEnds = [.start, .end]
}

extension TemplateText {
    /// Python's white space.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        default: false
        }
    }

    /// Without white space, or the given characters, at the ends.
    func stripped(_ ends: TextEnds, characters: TemplateText? = nil) -> TemplateText {
        let set = characters.map { Set($0.string.unicodeScalars) }
        let scalars = Array(string.unicodeScalars)
        func isStripped(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? Self.isSpace(scalar) }
        var low = 0
        var high = scalars.count
        var start = 0
        var end = bytes.count
        if ends.contains(.start) {
            while low < high, isStripped(scalars[low]) {
                start += UTF8.width(scalars[low])
                low += 1
            }
        }
        if ends.contains(.end) {
            while high > low, isStripped(scalars[high - 1]) {
                end -= UTF8.width(scalars[high - 1])
                high -= 1
            }
        }
        return part(start..<end)
    }

    /// Parts between occurrences of `separator`, at most `limit` cuts (all where negative).
    func split(by separator: [UInt8], limit: Int, fromEnd: Bool) -> [TemplateText] {
        var cuts: [Int] = []
        var position = 0
        while let found = find(separator, from: position) {
            cuts.append(found)
            position = found + separator.count
            if !fromEnd, limit >= 0, cuts.count >= limit { break }
        }
        if fromEnd {
            cuts = lastCuts(separator, limit: limit)
        } else if limit == 0 {
            cuts = []
        }
        var result: [TemplateText] = []
        var start = 0
        for cut in cuts {
            result.append(part(start..<cut))
            start = cut + separator.count
        }
        result.append(part(start..<bytes.count))
        return result
    }

    private func lastCuts(_ separator: [UInt8], limit: Int) -> [Int] {
        var cuts: [Int] = []
        var end = bytes.count
        while end >= separator.count, limit < 0 || cuts.count < limit {
            var position = end - separator.count
            while position >= 0, !bytes[position..<position + separator.count].elementsEqual(separator) {
                position -= 1
            }
            guard position >= 0 else { break }
            cuts.append(position)
            end = position
        }
        return cuts.reversed()
    }

    /// Parts between runs of white space, at most `limit` cuts (all where negative).
    func splitAtSpace(limit: Int, fromEnd: Bool) -> [TemplateText] {
        let starts = starts()
        let scalars = Array(string.unicodeScalars)
        var result: [TemplateText] = []
        if fromEnd {
            var high = scalars.count
            while true {
                while high > 0, Self.isSpace(scalars[high - 1]) { high -= 1 }
                guard high > 0 else { break }
                if limit >= 0, result.count == limit {
                    result.append(part(0..<starts[high]))
                    break
                }
                var low = high
                while low > 0, !Self.isSpace(scalars[low - 1]) { low -= 1 }
                result.append(part(starts[low]..<starts[high]))
                high = low
            }
            return result.reversed()
        }
        var low = 0
        while true {
            while low < scalars.count, Self.isSpace(scalars[low]) { low += 1 }
            guard low < scalars.count else { break }
            if limit >= 0, result.count == limit {
                result.append(part(starts[low]..<bytes.count))
                break
            }
            var high = low
            while high < scalars.count, !Self.isSpace(scalars[high]) { high += 1 }
            result.append(part(starts[low]..<starts[high]))
            low = high
        }
        return result
    }

    /// Python's `splitlines`.
    func lines(keepingEnds: Bool = false) -> [TemplateText] {
        var result: [TemplateText] = []
        var start = 0
        var position = 0
        let scalars = Array(string.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let width = UTF8.width(scalars[index])
            var breakWidth = 0
            switch scalars[index].value {
            case 0x0D: breakWidth = index + 1 < scalars.count && scalars[index + 1].value == 0x0A ? 2 : 1
            case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029: breakWidth = width
            default: break
            }
            guard breakWidth > 0 else {
                position += width
                index += 1
                continue
            }
            result.append(part(start..<position + (keepingEnds ? breakWidth : 0)))
            position += breakWidth
            start = position
            index += breakWidth == 2 && scalars[index].value == 0x0D ? 2 : 1
        }
        if start < bytes.count { result.append(part(start..<bytes.count)) }
        return result
    }

    /// Each occurrence of `old`, up to `limit` of them, replaced.
    func replacing(_ old: TemplateText, with new: TemplateText, limit: Int) -> TemplateText {
        var result = TemplateText()
        var count = 0
        if old.isEmpty {
            for character in characters() {
                if limit < 0 || count < limit {
                    result.append(new)
                    count += 1
                }
                result.append(character)
            }
            if limit < 0 || count < limit { result.append(new) }
            return result
        }
        var start = 0
        while limit < 0 || count < limit, let found = find(old.bytes, from: start) {
            result.append(part(start..<found))
            result.append(new)
            start = found + old.bytes.count
            count += 1
        }
        if start == 0 { return self }
        result.append(part(start..<bytes.count))
        return result
    }
}
