// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Rounded to bfloat16, to nearest even, in the upper halves of the lanes; the lower ones are zeros. NaN stays NaN.
    @inline(always)
    func bfloat16Bits(_ x: __m512) -> __m512i {
        let bits = _mm512_castps_si512(x)
        let odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1))
        let biased = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)))
        let rounded = _mm512_and_si512(biased, upperHalves())
        let quiet = _mm512_or_si512(_mm512_and_si512(bits, upperHalves()), _mm512_set1_epi32(0x40_0000))
        return _mm512_mask_mov_epi32(rounded, onnxlm_mm512_unordered_ps(x, x), quiet)
    }

    @inline(always)
    func upperHalves() -> __m512i { _mm512_set1_epi32(Int32(bitPattern: 0xFFFF_0000)) }

    /// The first, or the second, of the pairs of bfloat16 in the lanes, as float32.
    @inline(always)
    func firstOfPairs(_ pairs: __m512i) -> __m512 { _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)) }
    @inline(always)
    func secondOfPairs(_ pairs: __m512i) -> __m512 {
        _mm512_castsi512_ps(_mm512_and_si512(pairs, upperHalves()))
    }
#endif
