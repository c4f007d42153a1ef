// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Multiply-adds of floats; see `onnxlm_multiply_adds_args`.
@c(onnxlm_multiply_adds_f32_reference)
package func multiply_adds_f32_reference(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
    var (a, b, c, d) = (Float(1), Float(2), Float(3), Float(4))
    for _ in 0..<max(0, args.pointee.rounds) {
        a = a * 0.999 + 0.5
        b = b * 0.999 + 0.5
        c = c * 0.999 + 0.5
        d = d * 0.999 + 0.5
    }
    args.pointee.sum.pointee = a + b + c + d
    args.pointee.multiply_adds.pointee = 4 * max(0, args.pointee.rounds)
}

/// Multiply-adds of integers, as the reference's products of quantised numbers make them; see
/// `onnxlm_multiply_adds_args`.
@c(onnxlm_multiply_adds_i32_reference)
package func multiply_adds_i32_reference(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
    var (a, b, c, d) = (Int32(1), Int32(2), Int32(3), Int32(4))
    for _ in 0..<max(0, args.pointee.rounds) {
        a = a &* 77 &+ 1
        b = b &* 77 &+ 1
        c = c &* 77 &+ 1
        d = d &* 77 &+ 1
    }
    args.pointee.sum.pointee = Float(a ^ b ^ c ^ d)
    args.pointee.multiply_adds.pointee = 4 * max(0, args.pointee.rounds)
}
