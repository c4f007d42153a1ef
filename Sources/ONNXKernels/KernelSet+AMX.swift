// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import ONNXKernelsAVX512VNNI

    extension KernelSet {
        /// The kernels for x86-64 with AMX; what this level lacks is the AVX-512 VNNI level's.
        package static let amx: KernelSet = {
            var set = KernelSet.avx512vnni
            set.level = .amx
            set.qgemmColumns = nil
            set.tileRows = tile_rows_i8_amx
            set.qgemm4 = qgemm_i8_q4_16x16_amx
            set.qgemm8 = qgemm_i8_q8_16x16_amx
            set.attendInt16 = attention_i16_amx
            set.attendBFloat16 = attention_bf16_amx
            return set
        }()
    }
#endif
