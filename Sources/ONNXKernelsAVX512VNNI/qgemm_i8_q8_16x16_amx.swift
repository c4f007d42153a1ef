// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Sixteen rows of int8 activations times 8-bit panels in blocks of 32 and more, two panels at a time, as products of
    /// tiles; see `onnxlm_qmatmul_args`. Fewer rows go to the AVX-512 kernel, and so do weights whose zero points are not
    /// 128, which less their zero points would not fit a byte.
    @c(onnxlm_qgemm_i8_q8_16x16_amx)
    package func qgemm_i8_q8_16x16_amx(_ args: UnsafePointer<onnxlm_qmatmul_args>) {
        let layout = args.pointee.layout
        let fits = layout.zero_point_kind == ONNXLM_ZERO_POINT_NONE && layout.block_size >= 32
        var rest = args.pointee
        if fits { rest.skip(groups: multiplyTilesQ8(args)) }
        if rest.row_groups > 0 { qgemm_i8_q8_8x16_avx512vnni(&rest) }
    }

    @c(onnxlm_qgemm_i8_q8_tiles_amx) @inline(never)
    func multiplyTilesQ8(_ a: UnsafePointer<onnxlm_qmatmul_args>) -> Int {
        multiplyTiles(a.pointee, .bytes)
    }
#endif
