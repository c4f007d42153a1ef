// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

extension QuantizedMatrix {
    /// The most bytes that the packed form of a matrix can take, told from its size alone; fewer where all scales can
    /// be kept as float16, more where inputs are regrouped.
    ///
    /// Sizes out of range count as nothing.
    package static func packedByteCount(
        outputs: Int, inputs: Int, bits: Int, blockSize: Int, hasZeroPoints: Bool, hasBias: Bool,
        hasHalfScales: Bool
    ) -> Int {
        guard blockSize >= 16, (1..<1 << 24).contains(inputs), (1..<1 << 24).contains(outputs)
        else { return 0 }
        let blockSize = min(blockSize, QuantizedMatrixSource.longestPackedBlock)
        var blocks = (inputs + blockSize - 1) / blockSize
        if blockSize < 32 { blocks += blocks % 2 }
        return PackedMatrixHeader(
            bits: bits == 8 ? 8 : 4, blockSize: blockSize, k: inputs, n: outputs, blocks: blocks,
            zeroPointKind: hasZeroPoints || bits == 2 ? ONNXLM_ZERO_POINT_U8 : ONNXLM_ZERO_POINT_NONE,
            scaleType: hasHalfScales ? ONNXLM_SCALE_F16 : ONNXLM_SCALE_F32, usesQuantizedActivations: true,
            hasBias: hasBias, hasPermutation: false
        ).totalByteCount
    }
}
