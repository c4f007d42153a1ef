// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `a + b`.
@c(onnxlm_add_f32_reference)
package func add_f32_reference(_ args: UnsafePointer<onnxlm_binary_args>) {
    let a = args.pointee
    for i in 0..<Int(a.count) { a.y[i] = a.a[i] + a.b[i] }
}

/// `a * b`.
@c(onnxlm_mul_f32_reference)
package func mul_f32_reference(_ args: UnsafePointer<onnxlm_binary_args>) {
    let a = args.pointee
    for i in 0..<Int(a.count) { a.y[i] = a.a[i] * a.b[i] }
}

/// `silu(a) * b`.
@c(onnxlm_silu_mul_f32_reference)
package func silu_mul_f32_reference(_ args: UnsafePointer<onnxlm_binary_args>) {
    let a = args.pointee
    for i in 0..<Int(a.count) {
        let gate = Double(a.a[i])
        a.y[i] = Float(gate / (1 + exp(-gate))) * a.b[i]
    }
}
