// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The first of sixteen lanes; all if there are as many or more.
    @inline(__always)
    func firstLanes(_ count: Int) -> __mmask16 {
        count >= 16
            ? .max : UInt16(truncatingIfNeeded: (UInt32(1) &<< UInt32(truncatingIfNeeded: count)) &- 1)
    }

    /// e to the power of r − 1, for |r| ≤ 0.35: the Taylor series to the seventh power.
    @inline(always)
    private func reducedExpMinus1(_ r: __m512) -> __m512 {
        var p = splat(1.0 / 5040)
        p = _mm512_fmadd_ps(p, r, splat(1.0 / 720))
        p = _mm512_fmadd_ps(p, r, splat(1.0 / 120))
        p = _mm512_fmadd_ps(p, r, splat(1.0 / 24))
        p = _mm512_fmadd_ps(p, r, splat(1.0 / 6))
        p = _mm512_fmadd_ps(p, r, splat(0.5))
        return _mm512_fmadd_ps(_mm512_mul_ps(p, r), r, r)
    }

    /// x − n ln 2 with ln 2 in two parts, the first of which has few enough bits for n times it to be exact.
    @inline(always)
    private func reduceByLn2(_ x: __m512, _ n: __m512) -> __m512 {
        let r = _mm512_fnmadd_ps(n, splat(0.693145751953125), x)
        return _mm512_fnmadd_ps(n, splat(1.42860682030941723212e-6), r)
    }

    /// e to the power of x, for x up to 80; subnormal results and NaN as in the library's function.
    @inline(always)
    func exp16(_ x: __m512) -> __m512 {
        // The operand that may be NaN stands second: this instruction returns it then.
        let clamped = _mm512_max_ps(splat(-110), x)
        let n = onnxlm_mm512_round_nearest_ps(_mm512_mul_ps(clamped, splat(1.44269504088896341)))
        let p = _mm512_add_ps(reducedExpMinus1(reduceByLn2(clamped, n)), splat(1))
        return _mm512_scalef_ps(p, n)
    }

    /// Hyperbolic tangent, from e²ˣ − 1 so that small values keep their relative accuracy.
    @inline(always)
    func tanh16(_ x: __m512) -> __m512 {
        let magnitude = _mm512_abs_ps(x)
        // The operand that may be NaN stands second.
        let twice = _mm512_min_ps(splat(40), _mm512_add_ps(magnitude, magnitude))
        let n = onnxlm_mm512_round_nearest_ps(_mm512_mul_ps(twice, splat(1.44269504088896341)))
        let p = reducedExpMinus1(reduceByLn2(twice, n))
        let power = _mm512_scalef_ps(splat(1), n)
        let minus1 = _mm512_fmadd_ps(p, power, _mm512_sub_ps(power, splat(1)))
        let result = _mm512_div_ps(minus1, _mm512_add_ps(minus1, splat(2)))
        let signBit = splat(-0.0)
        return _mm512_or_ps(result, _mm512_and_ps(signBit, x))
    }
#endif
