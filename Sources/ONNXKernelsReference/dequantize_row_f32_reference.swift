// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Dequantises one row of packed values; see `onnxlm_dequantize_row_args`.
@c(onnxlm_dequantize_row_f32_reference)
package func dequantize_row_f32_reference(_ args: UnsafePointer<onnxlm_dequantize_row_args>) {
    let a = args.pointee
    let bits = Int(a.bits)
    let perByte = 8 / bits
    let shift = perByte.trailingZeroBitCount
    let mask = Int32(1) << Int32(bits) - 1
    let sign = a.is_signed != 0 ? Int32(1) << Int32(bits - 1) : 0
    func element(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int32 {
        let place = Int32(truncatingIfNeeded: (index & (perByte &- 1)) &* bits)
        return (Int32(bytes[index &>> shift]) &>> place & mask ^ sign) &- sign
    }
    let columns = Int(a.columns)
    let blockSize = Int(a.block_size)
    var column = 0
    var block = 0
    while column < columns {
        let end = min(columns, column &+ blockSize)
        let zero = a.zero_points.map { element($0, block) } ?? a.default_zero_point
        let scale = a.scales[block]
        while column < end {
            a.y[column] = Float(element(a.values, column) &- zero) * scale
            column &+= 1
        }
        block &+= 1
    }
}
