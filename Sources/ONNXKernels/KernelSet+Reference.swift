// SPDX-License-Identifier: Apache-2.0
import ONNXKernelsReference

extension KernelSet {
    /// The plain kernels, which run everywhere.
    package static let reference = KernelSet(
        level: .reference,
        quantizeRows: quantize_rows_f32_i8_reference,
        qgemv4: qgemv_i8_1x8_reference,
        qgemm4: qgemm_i8_4x8_reference,
        qgemv4Block16: qgemv_i8_1x8_reference,
        qgemm4Block16: qgemm_i8_4x8_reference,
        qgemv8: qgemv_i8_1x8_reference,
        qgemm8: qgemm_i8_4x8_reference,
        qgemvFloat: qgemv_f32_1x8_reference,
        dequantizeTile: dequantize_tile_f32_reference,
        dequantizeRow: dequantize_row_f32_reference,
        multiplyTile: sgemm_tile_f32_reference,
        halfToFloat: convert_f16_f32_reference,
        floatToHalf: convert_f32_f16_reference,
        bfloat16ToFloat: convert_bf16_f32_reference,
        floatToBFloat16: convert_f32_bf16_reference,
        rmsNorm: rms_norm_f32_reference,
        layerNorm: layer_norm_f32_reference,
        exp: exp_f32_reference,
        tanh: tanh_f32_reference,
        erf: erf_f32_reference,
        sigmoid: sigmoid_f32_reference,
        silu: silu_f32_reference,
        gelu: gelu_f32_reference,
        geluTanh: gelu_tanh_f32_reference,
        quickGelu: quick_gelu_f32_reference,
        add: add_f32_reference,
        multiply: mul_f32_reference,
        siluMultiply: silu_mul_f32_reference,
        softmax: softmax_f32_reference,
        rotary: rotary_f32_reference,
        attendAnySize: attention_f32_reference,
        attend: attention_f32_reference,
        attendHalf: attention_f32_reference,
        mergeAttention: attention_merge_f32_reference,
        finishAttention: attention_finish_f32_reference)
}
