// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// One row of int8 activations times packed panels of 4 or 8 bits; see `onnxlm_qmatmul_args`.
@c(onnxlm_qgemv_i8_1x8_reference)
package func qgemv_i8_1x8_reference(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
    multiplyQuantised(args.pointee, groupSize: 1)
}

/// Groups of four rows of int8 activations times packed panels of 4 or 8 bits; see `onnxlm_qmatmul_args`.
@c(onnxlm_qgemm_i8_4x8_reference)
package func qgemm_i8_4x8_reference(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
    multiplyQuantised(args.pointee, groupSize: 4)
}

private func multiplyQuantised(_ a: onnxlm_qmatmul_args, groupSize: Int) {
    let blockSize = Int(a.layout.block_size)
    let blocks = Int(a.layout.blocks)
    let paddedK = blocks * blockSize
    for panel in Int(a.first_panel)..<Int(a.first_panel + a.panel_count) {
        let access = PanelAccess(panel: a.panels + panel * Int(a.layout.panel_byte_stride), layout: a.layout)
        for column in 0..<8 where panel * 8 + column < Int(a.columns) {
            for row in 0..<Int(a.rows) {
                let group = row / groupSize
                let lane = row % groupSize
                let values = a.values + group * groupSize * paddedK
                let scales = a.scales + group * groupSize * blocks
                let sums = a.sums + group * groupSize * blocks
                var total: Float = 0
                for block in 0..<blocks {
                    var sum: Int32 = 0
                    for input in block * blockSize..<(block + 1) * blockSize {
                        let quad = input / 4
                        let value = Int32(values[(quad * groupSize + lane) * 4 + input % 4])
                        sum += value * access.quantised(input: input, column: column)
                    }
                    let zero = Int32(access.zeroPoint(block: block, column: column))
                    sum -= zero * sums[block * groupSize + lane]
                    let scale = access.scale(block: block, column: column) * scales[block * groupSize + lane]
                    total = total.addingFused(Float(sum), scale)
                }
                if let bias = a.bias { total += bias[panel * 8 + column] }
                a.y[row * Int(a.y_row_stride) + panel * 8 + column] = total
            }
        }
    }
}
