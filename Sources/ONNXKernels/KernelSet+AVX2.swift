// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import ONNXKernelsAVX2

    extension KernelSet {
        /// The kernels for x86-64 with AVX2, FMA and F16C.
        package static let avx2: KernelSet = {
            var set = KernelSet.reference
            set.level = .avx2
            set.quantizeRows = quantize_rows_f32_i8_avx2
            set.quantizeFourRows = quantize_rows_f32_i8_avx2
            set.quantizationError = quantization_error_f32_i8_avx2
            set.qgemv4 = qgemv_i8_q4_1x8_avx2
            set.qgemm4 = qgemm_i8_q4_4x8_avx2
            set.qgemv4Block16 = qgemv_i8_q4b16_1x8_avx2
            set.qgemm4Block16 = qgemm_i8_q4b16_4x8_avx2
            set.qgemv8 = qgemv_i8_q8_1x8_avx2
            set.qgemm8 = qgemm_i8_q8_4x8_avx2
            set.qgemvFloat4 = qgemv_f32_q4_1x32_avx2
            set.qgemvFloat8 = qgemv_f32_q8_1x32_avx2
            set.dequantizeTile4 = dequantize_tile_q4_f32_avx2
            set.dequantizeTile8 = dequantize_tile_q8_f32_avx2
            set.multiplyTile = sgemm_tile_f32_6x16_avx2
            set.halfToFloat = convert_f16_f32_avx2
            set.floatToHalf = convert_f32_f16_avx2
            set.bfloat16ToFloat = convert_bf16_f32_avx2
            set.floatToBFloat16 = convert_f32_bf16_avx2
            set.rmsNorm = rms_norm_f32_avx2
            set.layerNorm = layer_norm_f32_avx2
            set.exp = exp_f32_avx2
            set.tanh = tanh_f32_avx2
            set.erf = erf_f32_avx2
            set.sigmoid = sigmoid_f32_avx2
            set.silu = silu_f32_avx2
            set.gelu = gelu_f32_avx2
            set.geluTanh = gelu_tanh_f32_avx2
            set.quickGelu = quick_gelu_f32_avx2
            set.add = add_f32_avx2
            set.multiply = mul_f32_avx2
            set.siluMultiply = silu_mul_f32_avx2
            set.softmax = softmax_f32_avx2
            set.blockMaxima = block_maxima_f32_avx2
            set.exponentialSum = exponential_sum_f32_avx2
            set.select = select_f32_avx2
            set.rotary = rotary_f32_avx2
            set.attend = attention_f32_avx2
            set.attendHalf = attention_f16_avx2
            set.attendInt8 = attention_i8_avx2
            set.attendInt16 = attention_i16_avx2
            set.attendBFloat16 = attention_bf16_avx2
            set.mergeAttention = attention_merge_f32_avx2
            set.finishAttention = attention_finish_f32_avx2
            set.storeCacheRows = cache_rows_avx2
            set.storePairedCacheRows = cache_rows_avx2
            set.multiplyAddsFloat = multiply_adds_f32_avx2
            set.multiplyAddsInt8 = multiply_adds_i8_avx2
            set.multiplyAddsInt16 = multiply_adds_i16_avx2
            return set
        }()
    }
#endif
