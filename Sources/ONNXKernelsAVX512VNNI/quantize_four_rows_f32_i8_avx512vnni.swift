// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Quantises four rows to int8 per block, where k is whole blocks of a multiple of 32 inputs; see
    /// `onnxlm_quantize_rows_args`. Same bits as the reference.
    @c(onnxlm_quantize_four_rows_f32_i8_avx512vnni)
    package func quantize_four_rows_f32_i8_avx512vnni(_ args: UnsafePointer<onnxlm_quantize_rows_args>) {
        let a = args.pointee
        let k = Int(a.k)
        let blockSize = Int(a.block_size)
        let x0 = a.x
        let x1 = x0 + Int(a.x_row_stride)
        let x2 = x1 + Int(a.x_row_stride)
        let x3 = x2 + Int(a.x_row_stride)
        var values = UnsafeMutableRawPointer(a.values)
        var scales = a.scales
        var sums = UnsafeMutableRawPointer(a.sums)
        var centres = UnsafeMutableRawPointer(a.centres)
        var start = 0
        while start < k {
            let end = start &+ blockSize
            let none = _mm512_setzero_si512()
            var m: FourSums = (none, none, none, none)
            var i = start
            while i < end {
                m.0 = _mm512_max_epu32(m.0, magnitudeBits(x0 + i))
                m.1 = _mm512_max_epu32(m.1, magnitudeBits(x1 + i))
                m.2 = _mm512_max_epu32(m.2, magnitudeBits(x2 + i))
                m.3 = _mm512_max_epu32(m.3, magnitudeBits(x3 + i))
                i &+= 16
            }
            let scale = _mm512_div_ps(_mm512_castsi512_ps(groupMaximaOfBits(m)), splat(127))
            let isFinite = onnxlm_mm512_less_ps(scale, splat(.infinity))
            let isUsable = isFinite & ~onnxlm_mm512_less_ps(scale, splat(.leastNormalMagnitude))
            let inverse = _mm512_maskz_div_ps(isUsable, splat(1), scale)
            let stored = _mm512_mask_mov_ps(_mm512_maskz_mov_ps(isUsable, scale), ~isFinite, splat(.nan))
            _mm_storeu_ps(scales, _mm512_castps512_ps128(onnxlm_mm512_gather4_ps(stored)))
            let f0 = onnxlm_mm512_group0_ps(inverse)
            let f1 = onnxlm_mm512_group1_ps(inverse)
            let f2 = onnxlm_mm512_group2_ps(inverse)
            let f3 = onnxlm_mm512_group3_ps(inverse)
            var s: FourSums = (none, none, none, none)
            i = start
            while i < end {
                var q0 = quantised(x0 + i, f0)
                var q1 = quantised(x1 + i, f1)
                var q2 = quantised(x2 + i, f2)
                var q3 = quantised(x3 + i, f3)
                if isFinite != .max {
                    // An infinity times zero is no number.
                    q0 = _mm512_maskz_mov_epi32(wholeRow(isFinite, 0), q0)
                    q1 = _mm512_maskz_mov_epi32(wholeRow(isFinite, 1), q1)
                    q2 = _mm512_maskz_mov_epi32(wholeRow(isFinite, 2), q2)
                    q3 = _mm512_maskz_mov_epi32(wholeRow(isFinite, 3), q3)
                }
                s.0 = _mm512_add_epi32(s.0, q0)
                s.1 = _mm512_add_epi32(s.1, q1)
                s.2 = _mm512_add_epi32(s.2, q2)
                s.3 = _mm512_add_epi32(s.3, q3)
                // Within its 128 bits each step puts four inputs of one row beside those of the next.
                let bytes = _mm512_packs_epi16(_mm512_packs_epi32(q0, q1), _mm512_packs_epi32(q2, q3))
                _mm512_storeu_si512(values, bytes)
                values += 64
                i &+= 16
            }
            let totals = _mm512_castsi512_ps(groupTotalsOfIntegers(s))
            let row = _mm_castps_si128(_mm512_castps512_ps128(onnxlm_mm512_gather4_ps(totals)))
            let negated = _mm_sub_epi32(_mm_setzero_si128(), row)
            _mm_storeu_si128(sums.assumingMemoryBound(to: __m128i_u.self), row)
            _mm_storeu_si128(centres.assumingMemoryBound(to: __m128i_u.self), _mm_slli_epi32(negated, 3))
            scales += 4
            sums += 16
            centres += 16
            start = end
        }
    }

    @inline(__always)
    private func magnitudeBits(_ x: UnsafePointer<Float>) -> __m512i {
        _mm512_and_si512(_mm512_castps_si512(_mm512_loadu_ps(x)), _mm512_set1_epi32(0x7FFF_FFFF))
    }

    @inline(__always)
    private func quantised(_ x: UnsafePointer<Float>, _ factor: __m512) -> __m512i {
        _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x), factor))
    }

    /// All lanes if those of a row's group are set, else none.
    @inline(__always)
    private func wholeRow(_ lanes: __mmask16, _ row: __mmask16) -> __mmask16 {
        (lanes &>> (row &* 4)) & 1 == 0 ? 0 : .max
    }
#endif
