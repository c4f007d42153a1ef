// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Quantises a group of rows to int8 per block; see `onnxlm_quantize_rows_args`.
@c(onnxlm_quantize_rows_f32_i8_reference)
package func quantize_rows_f32_i8_reference(_ args: UnsafePointer<onnxlm_quantize_rows_args>) {
    let a = args.pointee
    let blockSize = Int(a.block_size)
    let group = Int(a.group_size)
    let k = Int(a.k)
    for block in 0..<Int(a.blocks) {
        for row in 0..<group {
            let start = block * blockSize
            let present = row < Int(a.rows) ? max(0, min(blockSize, k - start)) : 0
            let source = present > 0 ? a.x + (row * Int(a.x_row_stride) + start) : a.x
            var largest: UInt32 = 0
            for i in 0..<present { largest = max(largest, source[i].magnitude.bitPattern) }
            let (scale, inverse) = blockScale(largest)
            var sum: Int32 = 0
            for i in 0..<blockSize {
                var value: Int32 = 0
                if i < present && inverse != 0 {
                    value = Int32((source[i] * inverse).rounded(.toNearestOrEven))
                }
                sum += value
                let input = start + i
                let unitStart = input / 32 * 32 * group
                let quad = input % 32 / 4
                a.values[unitStart + (quad * group + row) * 4 + input % 4] = Int8(truncatingIfNeeded: value)
            }
            a.scales[block * group + row] = scale
            a.sums[block * group + row] = sum
            a.centres[block * group + row] = -8 * sum
        }
    }
}

/// The scale of a block, by the bits of its largest magnitude, and what its elements are multiplied with: NaN and 0 where
/// that is not finite, 0 and 0 where it is next to nothing.
func blockScale(_ largest: UInt32) -> (scale: Float, inverse: Float) {
    let scale = Float(bitPattern: largest) / 127
    if !scale.isFinite { return (.nan, 0) }
    return scale < Float.leastNormalMagnitude ? (0, 0) : (scale, 1 / scale)
}
