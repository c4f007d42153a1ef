// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// The same, to the bit, as `attention_i16_avx512vnni`: many rows multiply in tiles, few ask for the lines that follow.
    @c(onnxlm_attention_i16_amx)
    package func attention_i16_amx(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendCoded(args.pointee, few: .fewReadAhead, many: .planes)
    }
#endif
