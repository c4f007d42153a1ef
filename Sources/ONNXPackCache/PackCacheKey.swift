// SPDX-License-Identifier: Apache-2.0
import CONNXSystem

/// Names what a section of a cache file was made of.
package struct PackCacheKey: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    package var text: String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = [high, low].flatMap { word in
            (0..<16).map { digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * $0)) & 15] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Gathers the parts of a key; equal keys mean equal parts in equal order.
    package struct Builder {
        private var bytes: [UInt8] = []

        package init() {}

        /// Adds a number.
        package mutating func add(_ number: Int) {
            withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) { bytes += $0 }
        }

        /// Adds a text with its length, so that neighbours cannot run into each other.
        package mutating func add(_ text: String) {
            let content = Array(text.utf8)
            add(content.count)
            bytes += content
        }

        /// The first 128 bits of the SHA-1 sum of the parts.
        package var key: PackCacheKey {
            var digest = [UInt8](repeating: 0, count: 20)
            onnxlm_sha1(bytes, bytes.count, &digest)
            func word(_ start: Int) -> UInt64 {
                digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
            }
            return PackCacheKey(high: word(0), low: word(8))
        }
    }
}
