// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Root mean square norm of rows; see `onnxlm_norm_args`.
@c(onnxlm_rms_norm_f32_reference)
package func rms_norm_f32_reference(_ args: UnsafePointer<onnxlm_norm_args>) {
    normalise(args.pointee, subtractsMean: false)
}

/// Layer norm of rows; see `onnxlm_norm_args`.
@c(onnxlm_layer_norm_f32_reference)
package func layer_norm_f32_reference(_ args: UnsafePointer<onnxlm_norm_args>) {
    normalise(args.pointee, subtractsMean: true)
}

private func normalise(_ a: onnxlm_norm_args, subtractsMean: Bool) {
    let width = Int(a.width)
    guard width > 0 else { return }
    for row in 0..<Int(a.rows) {
        let x = a.x + row * width
        let y = a.y + row * width
        func element(_ i: Int) -> Float {
            var value = x[i]
            if let skip = a.skip { value += skip[row * Int(a.skip_row_stride) * width + i] }
            if let bias = a.skip_bias { value += bias[i] }
            return value
        }
        // Every element is read before any is written: y may be x or skip.
        var total = 0.0
        for i in 0..<width { total += Double(element(i)) }
        let mean = subtractsMean ? total / Double(width) : 0
        var squares = 0.0
        for i in 0..<width {
            let difference = Double(element(i)) - mean
            squares += difference * difference
        }
        let inverse = 1 / (squares / Double(width) + Double(a.epsilon)).squareRoot()
        for i in 0..<width {
            let value = element(i)
            if let sum = a.sum { sum[row * width + i] = value }
            var result = Float((Double(value) - mean) * inverse) * a.scale[i]
            if let bias = a.bias { result += bias[i] }
            y[i] = result
        }
    }
}
