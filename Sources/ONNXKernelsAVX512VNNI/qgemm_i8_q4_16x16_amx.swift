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
        multiplyTiles(a.pointee) { pair, units, weights in
            unpackNibbles(pair, units, _mm512_set1_epi32(0x0808_0808), into: weights)
        }
    }

    @c(onnxlm_qgemm_i8_q4_tiles_with_zeros_amx) @inline(never)
    func multiplyTilesWithZerosQ4(_ a: UnsafePointer<onnxlm_qmatmul_args>) -> Int {
        let bytes = Int(a.pointee.layout.record_byte_count &- a.pointee.layout.parameter_byte_count)
        let zerosOffset = bytes &+ scaleByteCount(a.pointee.layout)
        return multiplyTiles(a.pointee) { pair, units, weights in
            unpackNibbles(pair, units, pair.zerosOfQuads(zerosOffset), into: weights)
        }
    }

    /// Unpacks the units of a block, less the zero point of each column.
    @inline(__always)
    private func unpackNibbles(
        _ pair: PanelPair, _ units: Int, _ zeros: __m512i, into weights: UnsafeMutableRawPointer
    ) {
        var offset = 0
        var target = weights
        while offset < 128 &* units {
            var quad = 0
            while quad < 4 {
                let both = pair.bytes(offset &+ 32 &* quad)
                _mm512_storeu_si512(target + 64 &* quad, _mm512_sub_epi8(lowNibbles(both), zeros))
                _mm512_storeu_si512(target + 64 &* (quad &+ 4), _mm512_sub_epi8(highNibbles(both), zeros))
                quad &+= 1
            }
            offset &+= 128
            target += 512
        }
    }
#endif
