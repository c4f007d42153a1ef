// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Rotary embedding of the heads of one position; see `onnxlm_rotary_args`.
@c(onnxlm_rotary_f32_reference)
package func rotary_f32_reference(_ args: UnsafePointer<onnxlm_rotary_args>) {
    let a = args.pointee
    let half = Int(a.rotary_size) / 2
    for head in 0..<Int(a.heads) {
        let x = a.x + head * Int(a.x_head_stride)
        let y = a.y + head * Int(a.y_head_stride)
        for j in 0..<half {
            let first = a.interleaved != 0 ? 2 * j : j
            let second = a.interleaved != 0 ? 2 * j + 1 : j + half
            let u = x[first]
            let v = x[second]
            y[first] = u * a.cos[j] - v * a.sin[j]
            y[second] = v * a.cos[j] + u * a.sin[j]
        }
        for i in 2 * half..<Int(a.head_size) { y[i] = x[i] }
    }
}
