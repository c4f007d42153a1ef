// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Dequantises one row of packed values; see `onnxlm_dequantize_row_args`.
@c(onnxlm_dequantize_row_f32_reference)
package func dequantize_row_f32_reference(_ args: UnsafePointer<onnxlm_dequantize_row_args>) {
    let a = args.pointee
    let bits = Int(a.bits)
    let perByte = 8 / bits
    let mask = UInt8(truncatingIfNeeded: (1 << bits) - 1)
    func element(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Int32 {
        let raw = Int32((bytes[index / perByte] >> UInt8(index % perByte * bits)) & mask)
        let isNegative = a.is_signed != 0 && raw >= 1 << Int32(bits - 1)
        return isNegative ? raw - (1 << Int32(bits)) : raw
    }
    for column in 0..<Int(a.columns) {
        let block = column / Int(a.block_size)
        var zero = a.default_zero_point
        if let zeros = a.zero_points { zero = element(zeros, block) }
        a.y[column] = Float(element(a.values, column) - zero) * a.scales[block]
    }
}
