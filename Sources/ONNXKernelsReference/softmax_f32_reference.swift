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

/// Softmax of rows; see `onnxlm_softmax_args`.
@c(onnxlm_softmax_f32_reference)
package func softmax_f32_reference(_ args: UnsafePointer<onnxlm_softmax_args>) {
    let a = args.pointee
    let width = Int(a.width)
    for row in 0..<Int(a.rows) {
        let x = a.x + row * width
        let y = a.y + row * width
        var largest = -Float.infinity
        var isEmpty = true
        for i in 0..<width {
            if x[i] > largest { largest = x[i] }
            if x[i] != -.infinity { isEmpty = false }
        }
        if isEmpty {
            for i in 0..<width { y[i] = 0 }
            continue
        }
        var total = 0.0
        for i in 0..<width { total += exp(Double(x[i]) - Double(largest)) }
        for i in 0..<width { y[i] = Float(exp(Double(x[i]) - Double(largest)) / total) }
    }
}
