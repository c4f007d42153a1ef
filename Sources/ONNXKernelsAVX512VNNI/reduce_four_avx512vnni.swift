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

    // The same of integers.

    @inline(always)
    func groupMaximaOfBits(_ m: FourSums) -> __m512i {
        let ab = _mm512_max_epu32(lowGroups(m.0, m.1), highGroups(m.0, m.1))
        let cd = _mm512_max_epu32(lowGroups(m.2, m.3), highGroups(m.2, m.3))
        var x = _mm512_max_epu32(evenGroups(ab, cd), oddGroups(ab, cd))
        x = _mm512_max_epu32(x, swappedHalves(x))
        return _mm512_max_epu32(x, swappedPairs(x))
    }

    @inline(always)
    func groupTotalsOfIntegers(_ s: FourSums) -> __m512i {
        let ab = _mm512_add_epi32(lowGroups(s.0, s.1), highGroups(s.0, s.1))
        let cd = _mm512_add_epi32(lowGroups(s.2, s.3), highGroups(s.2, s.3))
        var x = _mm512_add_epi32(evenGroups(ab, cd), oddGroups(ab, cd))
        x = _mm512_add_epi32(x, swappedHalves(x))
        return _mm512_add_epi32(x, swappedPairs(x))
    }

    @inline(always)
    private func lowGroups(_ a: __m512i, _ b: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_low_groups_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)))
    }

    @inline(always)
    private func highGroups(_ a: __m512i, _ b: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_high_groups_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)))
    }

    @inline(always)
    private func evenGroups(_ a: __m512i, _ b: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_even_groups_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)))
    }

    @inline(always)
    private func oddGroups(_ a: __m512i, _ b: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_odd_groups_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)))
    }

    @inline(always)
    private func swappedHalves(_ a: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_swap_halves_ps(_mm512_castsi512_ps(a)))
    }

    @inline(always)
    func swappedPairs(_ a: __m512i) -> __m512i {
        _mm512_castps_si512(onnxlm_mm512_swap_pairs_ps(_mm512_castsi512_ps(a)))
    }
#endif
