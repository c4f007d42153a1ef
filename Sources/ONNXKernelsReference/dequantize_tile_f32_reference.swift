// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import CONNXKernelABI

/// Dequantises units of two neighbouring panels into a float tile; see `onnxlm_dequantize_tile_args`.
@c(onnxlm_dequantize_tile_f32_reference)
package func dequantize_tile_f32_reference(_ args: UnsafePointer<onnxlm_dequantize_tile_args>) {
    let a = args.pointee
    let blockSize = Int(a.layout.block_size)
    for half in 0..<2 {
        let present = half < Int(a.panel_count)
        let panel = a.panels + (Int(a.first_panel) + (present ? half : 0)) * Int(a.layout.panel_byte_stride)
        let access = PanelAccess(panel: panel, layout: a.layout)
        for input in 0..<Int(a.units) * 32 {
            let absolute = Int(a.first_unit) * 32 + input
            let block = absolute / blockSize
            for column in 0..<8 {
                var value: Float = 0
                if present {
                    let quantised = Float(access.quantised(input: absolute, column: column))
                    let zero = access.zeroPoint(block: block, column: column)
                    value = (quantised - zero) * access.scale(block: block, column: column)
                }
                a.tile[input * 16 + half * 8 + column] = value
            }
        }
    }
}

/// One row of float activations times packed panels; see `onnxlm_qgemv_f32_args`.
@c(onnxlm_qgemv_f32_1x8_reference)
package func qgemv_f32_1x8_reference(_ args: UnsafePointer<onnxlm_qgemv_f32_args>) {
    let a = args.pointee
    let blockSize = Int(a.layout.block_size)
    let inputs = Int(a.layout.units) * 32
    for panel in Int(a.first_panel)..<Int(a.first_panel + a.panel_count) {
        let access = PanelAccess(panel: a.panels + panel * Int(a.layout.panel_byte_stride), layout: a.layout)
        for column in 0..<8 where panel * 8 + column < Int(a.columns) {
            var total: Float = 0
            for start in stride(from: 0, to: inputs, by: 256) {
                var sum: Float = 0
                for input in start..<min(inputs, start + 256) {
                    let block = input / blockSize
                    let quantised = Float(access.quantised(input: input, column: column))
                    let zero = access.zeroPoint(block: block, column: column)
                    let weight = (quantised - zero) * access.scale(block: block, column: column)
                    sum = sum.addingFused(a.x[input], weight)
                }
                total = start == 0 ? sum : total + sum
            }
            if let bias = a.bias { total += bias[panel * 8 + column] }
            a.y[panel * 8 + column] = total
        }
    }
}
