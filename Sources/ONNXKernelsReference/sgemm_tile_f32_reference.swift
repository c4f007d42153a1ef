// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// A tile of a float product in a fixed order of summation; see `onnxlm_sgemm_tile_args`.
@c(onnxlm_sgemm_tile_f32_reference)
package func sgemm_tile_f32_reference(_ args: UnsafePointer<onnxlm_sgemm_tile_args>) {
    let a = args.pointee
    for row in 0..<Int(a.rows) {
        for column in 0..<Int(a.columns) {
            var sum: Float = 0
            for i in 0..<Int(a.k) {
                sum = sum.addingFused(a.a[row * Int(a.a_row_stride) + i], a.tile[i * 16 + column])
            }
            let target = a.c + (row * Int(a.c_row_stride) + column)
            target.pointee = a.accumulates != 0 ? target.pointee + sum : sum
        }
    }
}
