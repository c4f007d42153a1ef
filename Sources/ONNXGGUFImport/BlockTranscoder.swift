// SPDX-License-Identifier: Apache-2.0
import ONNXExport

/// Moves GGUF blocks that `MatMulNBits` can express exactly, without a detour over floats.
enum BlockTranscoder {
    /// Whether rows of `type` keep every value in `format`.
    static func handles(_ type: GGUFTensorType, _ format: MatrixFormat) -> Bool {
        switch type {
        case .q80: format.bits == 8 && !format.hasZeroPoints
        case .q40: format.bits == 4
        default: false
        }
    }

    /// Copies the blocks of one row.
    ///
    /// - Returns: false when a scale is not finite.
    static func copy(
        _ type: GGUFTensorType, _ source: UnsafeRawPointer, blockCount: Int,
        data: UnsafeMutablePointer<UInt8>, scales: UnsafeMutablePointer<Float>,
        zeroPoints: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        for block in 0..<blockCount {
            let input = source.advanced(by: block * type.blockByteCount)
            let scale = GGUFDequantizer.widen(input.loadUnaligned(as: UInt16.self))
            guard scale.isFinite else { return false }
            scales[block] = scale
            let codes = input.advanced(by: 2).assumingMemoryBound(to: UInt8.self)
            if type == .q80 {
                let output = data.advanced(by: block * 32)
                for index in 0..<32 { output[index] = codes[index] ^ 0x80 }
            } else {
                let output = data.advanced(by: block * 16)
                for index in 0..<8 {
                    output[index] = (codes[2 * index] & 15) | (codes[2 * index + 1] & 15) << 4
                    output[index + 8] = codes[2 * index] >> 4 | codes[2 * index + 1] & 0xf0
                }
            }
        }
        if let zeroPoints {
            for index in 0..<(blockCount + 1) / 2 {
                zeroPoints[index] = 2 * index + 1 < blockCount ? 0x88 : 0x08
            }
        }
        return true
    }
}
