// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// Streaming reads, for measuring memory.
package enum MemoryReader {
    /// Reads every byte of the region once and gives a sum of them, so that the reads are not left out.
    ///
    /// - Parameters:
    ///   - base: aligned to 16 bytes.
    ///   - byteCount: a multiple of 256 bytes; what is beyond one is not read.
    @inline(never)
    @discardableResult
    package static func touch(_ base: UnsafeRawPointer, byteCount: Int) -> UInt64 {
        var sums = (SIMD2<UInt64>.zero, SIMD2<UInt64>.zero, SIMD2<UInt64>.zero, SIMD2<UInt64>.zero)
        let words = base.assumingMemoryBound(to: SIMD2<UInt64>.self)
        var index = 0
        let count = byteCount / 256 * 16
        while index < count {
            // As the kernels do; some processors read less far ahead by themselves.
            for line in 0..<4 { onnxlm_read_ahead(words + (index + 4 * line)) }
            sums.0 &+= words[index] ^ words[index + 4] ^ words[index + 8] ^ words[index + 12]
            sums.1 &+= words[index + 1] ^ words[index + 5] ^ words[index + 9] ^ words[index + 13]
            sums.2 &+= words[index + 2] ^ words[index + 6] ^ words[index + 10] ^ words[index + 14]
            sums.3 &+= words[index + 3] ^ words[index + 7] ^ words[index + 11] ^ words[index + 15]
            index += 16
        }
        let sum = sums.0 &+ sums.1 &+ sums.2 &+ sums.3
        return sum[0] &+ sum[1]
    }
}
