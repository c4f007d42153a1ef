// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// The same, to the bit, as `attention_i16_avx512vnni`, for processors whose additions of whole registers take the place of
    /// multiplications and that read few lines ahead by themselves: many rows do each multiplication, few ask for the lines
    /// that follow.
    @c(onnxlm_attention_i16_direct_avx512vnni)
    package func attention_i16_direct_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendCoded(args.pointee, few: .fewReadAhead, many: .plain)
    }
#endif
