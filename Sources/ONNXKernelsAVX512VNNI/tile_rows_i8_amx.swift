// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Copies a group of four quantised rows to four of the rows of tiles; see `onnxlm_tile_rows_args`.
    @c(onnxlm_tile_rows_i8_amx)
    package func tile_rows_i8_amx(_ args: UnsafePointer<onnxlm_tile_rows_args>) {
        var values = UnsafeRawPointer(args.pointee.values)
        var tiles = UnsafeMutableRawPointer(args.pointee.tiles)
        var unit: Int64 = 0
        while unit < args.pointee.units {
            let low = _mm512_loadu_si512(values)
            let high = _mm512_loadu_si512(values + 64)
            _mm512_storeu_si512(tiles, onnxlm_mm512_first_rows_epi32(low, high))
            _mm512_storeu_si512(tiles + 64, onnxlm_mm512_last_rows_epi32(low, high))
            values += 128
            tiles += 512
            unit &+= 1
        }
        var scales = args.pointee.scales
        var tileScales = args.pointee.tile_scales
        var block: Int64 = 0
        while block < args.pointee.blocks {
            _mm_storeu_ps(tileScales, _mm_loadu_ps(scales))
            scales += 4
            tileScales += 16
            block &+= 1
        }
    }
#endif
