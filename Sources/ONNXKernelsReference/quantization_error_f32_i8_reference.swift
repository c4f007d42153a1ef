// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// What quantisation to int8 leaves of a row; see `onnxlm_quantization_error_args`.
@c(onnxlm_quantization_error_f32_i8_reference)
package func quantization_error_f32_i8_reference(_ args: UnsafePointer<onnxlm_quantization_error_args>) {
    let a = args.pointee
    let blockSize = Int(a.block_size)
    for start in stride(from: 0, to: Int(a.k), by: blockSize) {
        var largest: UInt32 = 0
        for i in start..<start + blockSize { largest = max(largest, a.x[i].magnitude.bitPattern) }
        let (scale, inverse) = blockScale(largest)
        for i in start..<start + blockSize {
            guard inverse != 0 else {
                a.y[i] = a.x[i]
                continue
            }
            let value = Int32((a.x[i] * inverse).rounded(.toNearestOrEven))
            a.y[i] = a.x[i].addingFused(-Float(value), scale)
        }
    }
}
