// SPDX-License-Identifier: Apache-2.0

/// A block-quantised matrix as a model file stores it: `[N, blocks of K]`, low bits first.
///
/// Memory may be at any alignment; it is read only while a ``QuantizedMatrix`` packs it.
package struct QuantizedMatrixSource {
    /// Zero points, one for each block of a row.
    package enum ZeroPoints {
        /// Half the range: 2, 8 or 128.
        case none
        /// Packed like the values, each row padded to whole bytes.
        case packed(UnsafeRawBufferPointer)
        /// A float32 each.
        case float(UnsafeRawBufferPointer)
    }

    /// 2, 4 or 8.
    package var bits: Int
    /// A power of two, 16 or more; in the packed form blocks of more than ``longestPackedBlock`` are parts of one scale.
    package var blockSize: Int
    /// Inputs.
    package var k: Int
    /// Outputs.
    package var n: Int
    /// `[n, ceil(k / blockSize), blockSize * bits / 8]`.
    package var values: UnsafeRawBufferPointer
    /// float32, `[n, ceil(k / blockSize)]`.
    package var scales: UnsafeRawBufferPointer
    package var zeroPoints: ZeroPoints
    /// int32, `[k]`: the block whose scale and zero point an input uses.
    package var groupIndex: UnsafeRawBufferPointer?
    /// float32, `[n]`.
    package var bias: UnsafeRawBufferPointer?
    /// 0...4; 4 allows activations of 8 bits.
    package var accuracyLevel: Int
    /// Keeps scales that float16 would round as float32. Otherwise they are rounded where the activations are
    /// quantised, which costs less memory and moves the results.
    package var exactScales: Bool

    package init(
        bits: Int, blockSize: Int, k: Int, n: Int, values: UnsafeRawBufferPointer,
        scales: UnsafeRawBufferPointer, zeroPoints: ZeroPoints = .none,
        groupIndex: UnsafeRawBufferPointer? = nil, bias: UnsafeRawBufferPointer? = nil, accuracyLevel: Int,
        exactScales: Bool = true
    ) {
        self.bits = bits
        self.blockSize = blockSize
        self.k = k
        self.n = n
        self.values = values
        self.scales = scales
        self.zeroPoints = zeroPoints
        self.groupIndex = groupIndex
        self.bias = bias
        self.accuracyLevel = accuracyLevel
        self.exactScales = exactScales
    }
}
