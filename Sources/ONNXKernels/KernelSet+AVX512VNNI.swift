// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import ONNXKernelsAVX512VNNI

    extension KernelSet {
        /// The kernels for x86-64 with AVX-512 VNNI; what this level lacks is the AVX2 level's.
        package static let avx512vnni: KernelSet = {
            var set = KernelSet.avx2
            set.level = .avx512vnni
            set.quantizeFourRows = quantize_four_rows_f32_i8_avx512vnni
            set.rmsNorm = rms_norm_f32_avx512vnni
            set.siluMultiply = silu_mul_f32_avx512vnni
            set.qgemv4 = qgemv_i8_q4_1x8_avx512vnni
            set.qgemm4 = qgemm_i8_q4_8x16_avx512vnni
            set.qgemv4Block16 = qgemv_i8_q4b16_1x8_avx512vnni
            set.qgemm4Block16 = qgemm_i8_q4b16_8x16_avx512vnni
            set.qgemv8 = qgemv_i8_q8_1x8_avx512vnni
            set.qgemm8 = qgemm_i8_q8_8x16_avx512vnni
            set.qgemmColumns = qgemm_i8_4x32_avx512vnni
            set.multipliesTerms = true
            set.qgemvTerms4 = qgemv_terms_i8_q4_1x8_avx512vnni
            set.qgemvTerms4Block16 = qgemv_terms_i8_q4b16_1x8_avx512vnni
            set.qgemvTerms8 = qgemv_terms_i8_q8_1x8_avx512vnni
            set.rotary = rotary_f32_avx512vnni
            set.storePairedCacheRows = cache_rows_pairs_avx512vnni
            set.attend = attention_f32_avx512vnni
            set.attendHalf = attention_f16_avx512vnni
            set.attendInt8 = attention_i8_avx512vnni
            set.attendInt16 = attention_i16_avx512vnni
            set.mergeAttention = attention_merge_f32_avx512vnni
            set.finishAttention = attention_finish_f32_avx512vnni
            set.blockMaxima = block_maxima_f32_avx512vnni
            set.exponentialSum = exponential_sum_f32_avx512vnni
            set.select = select_f32_avx512vnni
            set.multiplyAddsFloat = multiply_adds_f32_avx512vnni
            set.multiplyAddsInt8 = multiply_adds_i8_avx512vnni
            set.multiplyAddsInt16 = multiply_adds_i16_avx512vnni
            return set
        }()

        /// The same for Intel's processors: an addition of 512 bits takes one of the two places in which a multiplication could
        /// be done, so that couples (decision 14) save nothing, and a core reads few lines ahead by itself.
        package static let avx512vnniIntel: KernelSet = {
            var set = KernelSet.avx512vnni
            set.attendInt16 = attention_i16_direct_avx512vnni
            return set
        }()
    }
#endif
