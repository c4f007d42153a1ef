// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    let log2e: Float = 1.44269504088896341

    /// Whether scores are products times scales and nothing else, so that log2 e is part of the queries' scales.
    @inline(always)
    func hasPlainScores(_ a: onnxlm_attention_args) -> Bool { !(a.softcap > 0) && a.bias == nil }

    /// The logarithms to the base 2, and the reciprocals, of the scales of a block's values up to `high`; 0 and 1 of the
    /// others, which may never have been written.
    @inline(always)
    func prepareValueScales(_ a: onnxlm_attention_args, _ start: Int, _ high: Int, _ scratch: CodedRows) {
        let seen = high >= 64 ? UInt64.max : (UInt64(1) &<< UInt64(truncatingIfNeeded: high)) &- 1
        let ones = splat(1)
        var first = 0
        while first < 64 {
            var scales = ones
            if let base = a.value_scales {
                let mask = UInt16(truncatingIfNeeded: seen &>> UInt64(truncatingIfNeeded: first))
                scales = _mm512_mask_loadu_ps(ones, mask, base + (start &- Int(a.first_key) &+ first))
            }
            // Below this the sum of a block's weights would have no end.
            scales = _mm512_max_ps(splat(0x1p-100), scales)
            _mm512_storeu_ps(scratch.logarithms + first, logarithm(scales))
            _mm512_storeu_ps(scratch.reciprocals + first, _mm512_div_ps(ones, scales))
            first &+= 16
        }
    }

    /// The logarithm to the base 2 of positive normal numbers, to 2⁻²¹; any number for NaN, whose reciprocal tells.
    @inline(always)
    private func logarithm(_ x: __m512) -> __m512 {
        let bits = _mm512_castps_si512(x)
        let exponent = _mm512_sub_epi32(_mm512_srli_epi32(bits, 23), _mm512_set1_epi32(127))
        let fraction = _mm512_or_si512(
            _mm512_and_si512(bits, _mm512_set1_epi32(0x7F_FFFF)), _mm512_castps_si512(splat(1)))
        let f = _mm512_sub_ps(_mm512_castsi512_ps(fraction), splat(1))
        // The logarithm of 1 + f divided by f, for f from 0 to 1.
        var p = _mm512_fmadd_ps(splat(0.015529513359069824), f, splat(-0.07955631613731384))
        p = _mm512_fmadd_ps(p, f, splat(0.19429238140583038))
        p = _mm512_fmadd_ps(p, f, splat(-0.3259006440639496))
        p = _mm512_fmadd_ps(p, f, splat(0.473552942276001))
        p = _mm512_fmadd_ps(p, f, splat(-0.7205854058265686))
        p = _mm512_fmadd_ps(p, f, splat(1.442667841911316))
        return _mm512_fmadd_ps(p, f, _mm512_cvtepi32_ps(exponent))
    }

    /// The scales of a block's keys, if there are any.
    @inline(always)
    func keyScalesOfBlock(_ a: onnxlm_attention_args, _ start: Int) -> UnsafePointer<Float>? {
        // A closure would stay a function of its own.
        guard let scales = a.key_scales else { return nil }
        return scales + (start &- Int(a.first_key))
    }

    /// What a block's sums are multiplied with to become exponents of weights, where scores are products and scales
    /// alone.
    struct BlockScales {
        private let keyScales: UnsafePointer<Float>?
        private let scratch: CodedRows

        @inline(always)
        init(_ a: onnxlm_attention_args, _ start: Int, _ scratch: CodedRows) {
            keyScales = keyScalesOfBlock(a, start)
            self.scratch = scratch
        }

        /// The exponents of a row.
        @inline(always)
        func exponents(_ row: Int, _ sums: FourSums) -> FourVectors {
            let factor = splat(scratch.queryScales[row])
            return (
                exponents(sums.0, 0, factor), exponents(sums.1, 16, factor), exponents(sums.2, 32, factor),
                exponents(sums.3, 48, factor)
            )
        }

        /// Writes the exponents of a row in the place of its sums, and the largest of each lane.
        @inline(always)
        func store(_ a: onnxlm_attention_args, _ row: Int, _ sums: FourSums) {
            let s = exponents(row, sums)
            let target = a.scores + row &* 64
            _mm512_storeu_ps(target, s.0)
            _mm512_storeu_ps(target + 16, s.1)
            _mm512_storeu_ps(target + 32, s.2)
            _mm512_storeu_ps(target + 48, s.3)
            _mm512_storeu_ps(scratch.largest + row &* 16, largest(s))
        }

        @inline(always)
        private func exponents(_ sums: __m512i, _ first: Int, _ factor: __m512) -> __m512 {
            var s = _mm512_cvtepi32_ps(sums)
            if let keyScales { s = _mm512_mul_ps(s, _mm512_loadu_ps(keyScales + first)) }
            return _mm512_fmadd_ps(s, factor, _mm512_loadu_ps(scratch.logarithms + first))
        }
    }
#endif
