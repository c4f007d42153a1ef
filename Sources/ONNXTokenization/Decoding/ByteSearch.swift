// SPDX-License-Identifier: Apache-2.0

/// Small searches over bytes.
enum ByteSearch {
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
