// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Sixteen rows of int8 activations times 4-bit panels in blocks of 32 and more, two panels at a time, as products of
    /// tiles; see `onnxlm_qmatmul_args`. Fewer rows go to the AVX-512 kernel.
    @c(onnxlm_qgemm_i8_q4_16x16_amx)
    package func qgemm_i8_q4_16x16_amx(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let hasZeros = args.pointee.layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
        let groups = hasZeros ? multiplyTilesWithZerosQ4(args) : multiplyTilesQ4(args)
        var rest = args.pointee
        rest.skip(groups: groups)
        if rest.row_groups > 0 { qgemm_i8_q4_8x16_avx512vnni(&rest) }
    }

    @c(onnxlm_qgemm_i8_q4_tiles_amx) @inline(never)
    func multiplyTilesQ4(_ a: UnsafePointer<onnxlm_qmatmul_args>) -> Int {
        multiplyTiles(a.pointee, .nibbles)
    }

    @c(onnxlm_qgemm_i8_q4_tiles_with_zeros_amx) @inline(never)
    func multiplyTilesWithZerosQ4(_ a: UnsafePointer<onnxlm_qmatmul_args>) -> Int {
        multiplyTiles(a.pointee, .nibblesWithZeros)
    }
#endif
