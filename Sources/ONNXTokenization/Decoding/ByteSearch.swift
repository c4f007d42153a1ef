// SPDX-License-Identifier: Apache-2.0

/// Small searches over bytes.
enum ByteSearch {
    /// Where `pattern`, which is not empty, stands in the text, from the left.
    static func ranges(of pattern: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        guard let first = pattern.first, text.contains(first) else { return [] }
        var result: [Range<Int>] = []
        text.withUnsafeBufferPointer { text in
            var cursor = 0
            while cursor + pattern.count <= text.count {
                if text[cursor] == first, text[cursor..<cursor + pattern.count].elementsEqual(pattern) {
                    result.append(cursor..<cursor + pattern.count)
                    cursor += pattern.count
                } else {
                    cursor += 1
                }
            }
        }
        return result
    }

    /// Replaces each occurrence of `pattern`, from the left.
    static func replacing(_ pattern: [UInt8], with content: [UInt8], in text: [UInt8]) -> [UInt8] {
        guard let first = pattern.first, text.contains(first) else { return text }
        var result: [UInt8] = []
        var cursor = 0
        while cursor < text.count {
            let end = cursor + pattern.count
            if text[cursor] == first, end <= text.count, text[cursor..<end].elementsEqual(pattern) {
                result.append(contentsOf: content)
                cursor = end
            } else {
                result.append(text[cursor])
                cursor += 1
            }
        }
        return result
    }

    /// Removes up to `start` and `stop` occurrences of `content` from the two ends.
    static func stripping(_ content: [UInt8], start: Int, stop: Int, in text: [UInt8]) -> [UInt8] {
        guard !content.isEmpty else { return text }
        var low = 0
        var high = text.count
        var count = 0
        while count < start, low + content.count <= high,
            text[low..<low + content.count].elementsEqual(content)
        {
            low += content.count
            count += 1
        }
        count = 0
        while count < stop, high - content.count >= low,
            text[high - content.count..<high].elementsEqual(content)
        {
            high -= content.count
            count += 1
        }
        return Array(text[low..<high])
    }
}
