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

/// e to the power x.
@c(onnxlm_exp_f32_reference)
package func exp_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(exp(Double(value))) }
}

/// Hyperbolic tangent.
@c(onnxlm_tanh_f32_reference)
package func tanh_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(tanh(Double(value))) }
}

/// Gauss's error function.
@c(onnxlm_erf_f32_reference)
package func erf_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(erf(Double(value))) }
}

/// `1 / (1 + exp(-x))`.
@c(onnxlm_sigmoid_f32_reference)
package func sigmoid_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(1 / (1 + exp(-Double(value)))) }
}

/// `x / (1 + exp(-x))`.
@c(onnxlm_silu_f32_reference)
package func silu_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(Double(value) / (1 + exp(-Double(value)))) }
}

/// `x / (1 + exp(-parameter x))`.
@c(onnxlm_quick_gelu_f32_reference)
package func quick_gelu_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, factor in Float(Double(value) / (1 + exp(-Double(factor) * Double(value)))) }
}

/// `x / 2 (1 + erf(x / √2))`.
@c(onnxlm_gelu_f32_reference)
package func gelu_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in Float(Double(value) / 2 * (1 + erf(Double(value) / 2.0.squareRoot()))) }
}

/// `x / 2 (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
@c(onnxlm_gelu_tanh_f32_reference)
package func gelu_tanh_f32_reference(_ args: UnsafePointer<onnxlm_unary_args>) {
    forEach(args) { value, _ in
        let x = Double(value)
        return Float(x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))))
    }
}

@inline(__always)
private func forEach(_ args: UnsafePointer<onnxlm_unary_args>, _ function: (Float, Float) -> Float) {
    let a = args.pointee
    for i in 0..<Int(a.count) { a.y[i] = function(a.x[i], a.parameter) }
}
