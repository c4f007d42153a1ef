// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Four rows are reduced together, which takes a third of the steps that each by itself would take. The result of
    // row r fills the group of four lanes r.

    @inline(always)
    func largest(_ v: FourVectors) -> __m512 {
        _mm512_max_ps(_mm512_max_ps(v.0, v.1), _mm512_max_ps(v.2, v.3))
    }

    @inline(always)
    func groupMaxima(_ a: __m512, _ b: __m512, _ c: __m512, _ d: __m512) -> __m512 {
        let ab = _mm512_max_ps(onnxlm_mm512_low_groups_ps(a, b), onnxlm_mm512_high_groups_ps(a, b))
        let cd = _mm512_max_ps(onnxlm_mm512_low_groups_ps(c, d), onnxlm_mm512_high_groups_ps(c, d))
        var x = _mm512_max_ps(onnxlm_mm512_even_groups_ps(ab, cd), onnxlm_mm512_odd_groups_ps(ab, cd))
        x = _mm512_max_ps(x, onnxlm_mm512_swap_halves_ps(x))
        return _mm512_max_ps(x, onnxlm_mm512_swap_pairs_ps(x))
    }

    @inline(always)
    func groupTotals(_ a: __m512, _ b: __m512, _ c: __m512, _ d: __m512) -> __m512 {
        let ab = _mm512_add_ps(onnxlm_mm512_low_groups_ps(a, b), onnxlm_mm512_high_groups_ps(a, b))
        let cd = _mm512_add_ps(onnxlm_mm512_low_groups_ps(c, d), onnxlm_mm512_high_groups_ps(c, d))
        var x = _mm512_add_ps(onnxlm_mm512_even_groups_ps(ab, cd), onnxlm_mm512_odd_groups_ps(ab, cd))
        x = _mm512_add_ps(x, onnxlm_mm512_swap_halves_ps(x))
        return _mm512_add_ps(x, onnxlm_mm512_swap_pairs_ps(x))
    }
#endif
