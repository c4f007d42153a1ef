// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// A character map as SentencePiece compiles it: a double-array trie and the texts that its values point to.
struct PrecompiledMap: Sendable {
    private let units: [UInt32]
    private let texts: [UInt8]
    /// No longer beginning is looked at, so that a damaged map costs no more than this for each place.
    private static let longestKey = 256

    /// Reads the map.
    ///
    /// - Throws: `tokenizer.invalid` where its parts do not fit together.
    init(_ bytes: [UInt8]) throws(ONNXError) {
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count >= 4, case let size = Int(word(0)), size % 4 == 0, size >= 4,
            size <= bytes.count - 4
        else {
            throw ONNXError(
                "tokenizer.invalid",
                "the normalizer's character map of \(bytes.count) bytes is cut off or no such map")
        }
        units = stride(from: 4, to: 4 + size, by: 4).map { word($0) }
        texts = Array(bytes[(4 + size)...])
    }

    /// What the shortest or the longest beginning of the bytes that the map knows becomes, with its length.
    ///
    /// Every step consumes a byte and every place is checked, so that no map makes it read elsewhere or go on forever.
    func find(_ text: UnsafeBufferPointer<UInt8>, longest: Bool) -> (length: Int, text: ArraySlice<UInt8>)? {
        var found: (length: Int, value: Int)?
        var place = Self.offset(units[0])
        for (index, byte) in text.prefix(Self.longestKey).enumerated() {
            place ^= Int(byte)
            guard place < units.count else { break }
            let unit = units[place]
            guard unit & 0x8000_00FF == UInt32(byte) else { break }
            place ^= Self.offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard place < units.count else { break }
            found = (index + 1, Int(units[place] & 0x7FFF_FFFF))
            if !longest { break }
        }
        guard let found, found.value <= texts.count else { return nil }
        let tail = texts[found.value...]
        return (found.length, tail.prefix { $0 != 0 })
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }

    /// Maps a text cluster by cluster, as the reference does: a cluster of fewer than six bytes gives way as a whole to
    /// what its shortest known beginning becomes; in others each character does for itself.
    func apply(to text: NormalizedText) -> NormalizedText {
        var result = NormalizedText(like: text)
        text.bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                let end = CharacterCluster.end(buffer, from: start)
                if end - start < 6, append(buffer, start..<end, of: text, to: &result) {
                    start = end
                    continue
                }
                while start < end {
                    let next = start + CharacterCluster.length(buffer, start)
                    if !append(buffer, start..<next, of: text, to: &result) {
                        result.append(text, start..<next)
                    }
                    start = next
                }
            }
        }
        return result
    }

    private func append(
        _ buffer: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, of text: NormalizedText,
        to result: inout NormalizedText
    ) -> Bool {
        guard let found = find(UnsafeBufferPointer(rebasing: buffer[range]), longest: false) else {
            return false
        }
        result.append(found.text, isTrusted: text.isTrusted(range))
        return true
    }
}
