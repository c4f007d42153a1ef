// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Quantises four rows to int8 per block, where k is whole blocks of a multiple of 32 inputs; see
    /// `onnxlm_quantize_rows_args`. Same bits as the reference.
    @c(onnxlm_quantize_four_rows_f32_i8_avx512vnni)
    package func quantize_four_rows_f32_i8_avx512vnni(_ args: UnsafePointer<onnxlm_quantize_rows_args>) {
        let a = args.pointee
        let stride = 4 &* Int(a.x_row_stride)
        let blockSize = Int(a.block_size)
        var values = UnsafeMutableRawPointer(a.values)
        var block = 0
        var start = 0
        while start < Int(a.k) {
            var sums = _mm512_setzero_si512()
            if blockSize == 32 {
                // All inputs of a block are kept in registers.
                let low = loadFour(a.x + start, stride)
                let high = loadFour(a.x + (start &+ 16), stride)
                let scale = BlockScale(larger(magnitudes(low), magnitudes(high)), a.scales + block)
                sums = storeCodes(low, scale, values, sums)
                sums = storeCodes(high, scale, values + 64, sums)
                values += 128
            } else {
                let end = start &+ blockSize
                var largest = magnitudes(loadFour(a.x + start, stride))
                var i = start &+ 16
                while i < end {
                    largest = larger(largest, magnitudes(loadFour(a.x + i, stride)))
                    i &+= 16
                }
                let scale = BlockScale(largest, a.scales + block)
                i = start
                while i < end {
                    sums = storeCodes(loadFour(a.x + i, stride), scale, values, sums)
                    values += 64
                    i &+= 16
                }
            }
            storeSums(sums, a.sums + block, a.centres + block)
            block &+= 4
            start &+= blockSize
        }
    }

    /// What a block of each row is multiplied with.
    private struct BlockScale {
        /// The reciprocal of each row's scale; 0 where that is too small or not finite.
        let factors: FourFloats
        /// A bit for each row whose scale is finite.
        let finiteRows: __mmask8

        /// Writes the four scales; NaN where an input is not finite, 0 where all are too small.
        @inline(always)
        init(_ largest: FourSums, _ scales: UnsafeMutablePointer<Float>) {
            let groups = onnxlm_mm512_gather4_ps(_mm512_castsi512_ps(groupMaximaOfBits(largest)))
            // Four lanes: a wide division takes four times as long.
            let scale = _mm_div_ps(_mm512_castps512_ps128(groups), _mm_set1_ps(127))
            finiteRows = onnxlm_mm_less_ps(scale, _mm_set1_ps(.infinity))
            let isUsable = finiteRows & ~onnxlm_mm_less_ps(scale, _mm_set1_ps(.leastNormalMagnitude))
            let inverse = _mm_maskz_div_ps(isUsable, _mm_set1_ps(1), scale)
            _mm_storeu_ps(
                scales,
                _mm_mask_mov_ps(_mm_maskz_mov_ps(isUsable, scale), ~finiteRows, _mm_set1_ps(.nan)))
            let wide = _mm512_castps128_ps512(inverse)
            factors = (
                _mm512_permutexvar_ps(_mm512_setzero_si512(), wide),
                _mm512_permutexvar_ps(_mm512_set1_epi32(1), wide),
                _mm512_permutexvar_ps(_mm512_set1_epi32(2), wide),
                _mm512_permutexvar_ps(_mm512_set1_epi32(3), wide)
            )
        }
    }

    @inline(always)
    private func magnitudes(_ x: FourSums) -> FourSums {
        let mask = _mm512_set1_epi32(0x7FFF_FFFF)
        return (
            _mm512_and_si512(x.0, mask), _mm512_and_si512(x.1, mask), _mm512_and_si512(x.2, mask),
            _mm512_and_si512(x.3, mask)
        )
    }

    @inline(always)
    private func larger(_ a: FourSums, _ b: FourSums) -> FourSums {
        (
            _mm512_max_epu32(a.0, b.0), _mm512_max_epu32(a.1, b.1), _mm512_max_epu32(a.2, b.2),
            _mm512_max_epu32(a.3, b.3)
        )
    }

    /// Writes the codes of sixteen inputs of each row, four inputs of one row beside those of the next, and adds them to
    /// the sums, whose lanes are rows in turn.
    @inline(always)
    private func storeCodes(
        _ x: FourSums, _ scale: BlockScale, _ values: UnsafeMutableRawPointer, _ sums: __m512i
    ) -> __m512i {
        var q = (
            quantised(x.0, scale.factors.0), quantised(x.1, scale.factors.1),
            quantised(x.2, scale.factors.2), quantised(x.3, scale.factors.3)
        )
        if scale.finiteRows & 0xF != 0xF {
            // An infinity times zero is no number.
            q.0 = _mm512_maskz_mov_epi32(lanes(scale.finiteRows, 0), q.0)
            q.1 = _mm512_maskz_mov_epi32(lanes(scale.finiteRows, 1), q.1)
            q.2 = _mm512_maskz_mov_epi32(lanes(scale.finiteRows, 2), q.2)
            q.3 = _mm512_maskz_mov_epi32(lanes(scale.finiteRows, 3), q.3)
        }
        let codes = _mm512_packs_epi16(_mm512_packs_epi32(q.0, q.1), _mm512_packs_epi32(q.2, q.3))
        _mm512_storeu_si512(values, codes)
        return _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), codes)
    }

    @inline(always)
    private func quantised(_ x: __m512i, _ factor: __m512) -> __m512i {
        _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_castsi512_ps(x), factor))
    }

    /// All lanes if the row's bit is set, else none.
    @inline(always)
    private func lanes(_ rows: __mmask8, _ row: __mmask8) -> __mmask16 { (rows &>> row) & 1 == 0 ? 0 : .max }

    /// Writes the sums of four rows, and −8 times them.
    @inline(always)
    private func storeSums(
        _ sums: __m512i, _ target: UnsafeMutablePointer<Int32>, _ centres: UnsafeMutablePointer<Int32>
    ) {
        let halves = _mm256_add_epi32(_mm512_castsi512_si256(sums), onnxlm_mm512_upper_si512(sums))
        let rows = _mm_add_epi32(_mm256_castsi256_si128(halves), onnxlm_mm256_upper_si256(halves))
        let negated = _mm_sub_epi32(_mm_setzero_si128(), rows)
        _mm_storeu_si128(UnsafeMutableRawPointer(target).assumingMemoryBound(to: __m128i_u.self), rows)
        _mm_storeu_si128(
            UnsafeMutableRawPointer(centres).assumingMemoryBound(to: __m128i_u.self),
            _mm_slli_epi32(negated, 3))
    }
#endif
