// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    @inline(__always)
    func splat(_ value: Float) -> __m256 { _mm256_set1_ps(value) }

    /// e to the power of r − 1, for |r| ≤ 0.35: the Taylor series to the seventh power.
    @inline(__always)
    private func reducedExpMinus1(_ r: __m256) -> __m256 {
        var p = splat(1.0 / 5040)
        p = _mm256_fmadd_ps(p, r, splat(1.0 / 720))
        p = _mm256_fmadd_ps(p, r, splat(1.0 / 120))
        p = _mm256_fmadd_ps(p, r, splat(1.0 / 24))
        p = _mm256_fmadd_ps(p, r, splat(1.0 / 6))
        p = _mm256_fmadd_ps(p, r, splat(0.5))
        return _mm256_fmadd_ps(_mm256_mul_ps(p, r), r, r)
    }

    /// x − n ln 2 with ln 2 in two parts, the first of which has few enough bits for n times it to be exact.
    @inline(__always)
    private func reduceByLn2(_ x: __m256, _ n: __m256) -> __m256 {
        let r = _mm256_fnmadd_ps(n, splat(0.693145751953125), x)
        return _mm256_fnmadd_ps(n, splat(1.42860682030941723212e-6), r)
    }

    /// 2 to the power of each lane, −126...127.
    @inline(__always)
    private func powerOf2(_ n: __m256i) -> __m256 {
        _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23))
    }

    /// e to the power of x; subnormal results, overflow to infinity and NaN as in the library's function.
    @inline(__always)
    func exp8(_ x: __m256) -> __m256 {
        // The operand that may be NaN stands second: these instructions return it then.
        let clamped = _mm256_max_ps(splat(-110), _mm256_min_ps(splat(100), x))
        let n = onnxlm_mm256_round_nearest_ps(_mm256_mul_ps(clamped, splat(1.44269504088896341)))
        let p = _mm256_add_ps(reducedExpMinus1(reduceByLn2(clamped, n)), splat(1))
        // Two factors, because 2ⁿ alone may be out of range where the product is not.
        let whole = _mm256_cvtps_epi32(n)
        let half = _mm256_srai_epi32(whole, 1)
        let rest = _mm256_sub_epi32(whole, half)
        return _mm256_mul_ps(_mm256_mul_ps(p, powerOf2(half)), powerOf2(rest))
    }

    /// Hyperbolic tangent, from e²ˣ − 1 so that small values keep their relative accuracy.
    @inline(__always)
    func tanh8(_ x: __m256) -> __m256 {
        let signBit = splat(-0.0)
        let magnitude = _mm256_andnot_ps(signBit, x)
        let twice = _mm256_min_ps(splat(40), _mm256_add_ps(magnitude, magnitude))
        let n = onnxlm_mm256_round_nearest_ps(_mm256_mul_ps(twice, splat(1.44269504088896341)))
        let p = reducedExpMinus1(reduceByLn2(twice, n))
        let power = powerOf2(_mm256_cvtps_epi32(n))
        let minus1 = _mm256_fmadd_ps(p, power, _mm256_sub_ps(power, splat(1)))
        let result = _mm256_div_ps(minus1, _mm256_add_ps(minus1, splat(2)))
        return _mm256_or_ps(result, _mm256_and_ps(signBit, x))
    }

    /// `1 / (1 + exp(-x))`.
    @inline(__always)
    func sigmoid8(_ x: __m256) -> __m256 {
        let e = exp8(_mm256_xor_ps(x, splat(-0.0)))
        return _mm256_div_ps(splat(1), _mm256_add_ps(e, splat(1)))
    }

    /// `x / (1 + exp(-factor x))`.
    @inline(__always)
    func silu8(_ x: __m256, _ factor: __m256) -> __m256 {
        let e = exp8(_mm256_xor_ps(_mm256_mul_ps(x, factor), splat(-0.0)))
        return _mm256_div_ps(x, _mm256_add_ps(e, splat(1)))
    }

    /// Gauss's error function: an odd polynomial up to 1, beyond it one minus the exponential of a polynomial (both
    /// fitted to the function at Chebyshev points).
    @inline(__always)
    func erf8(_ x: __m256) -> __m256 {
        let signBit = splat(-0.0)
        let magnitude = _mm256_andnot_ps(signBit, x)
        let square = _mm256_mul_ps(x, x)
        var near = splat(-9.728405530040618e-06)
        near = _mm256_fmadd_ps(near, square, splat(0.0001128817384596914))
        near = _mm256_fmadd_ps(near, square, splat(-0.000848726776894182))
        near = _mm256_fmadd_ps(near, square, splat(0.005221261642873287))
        near = _mm256_fmadd_ps(near, square, splat(-0.0268655177205801))
        near = _mm256_fmadd_ps(near, square, splat(0.11283784359693527))
        near = _mm256_fmadd_ps(near, square, splat(-0.37612637877464294))
        near = _mm256_fmadd_ps(near, square, splat(1.128379225730896))
        near = _mm256_mul_ps(near, x)
        let clamped = _mm256_min_ps(splat(4), magnitude)
        var far = splat(-6.582862255299915e-08)
        far = _mm256_fmadd_ps(far, clamped, splat(3.095205556746805e-06))
        far = _mm256_fmadd_ps(far, clamped, splat(-6.006880721542984e-05))
        far = _mm256_fmadd_ps(far, clamped, splat(0.0006733376067131758))
        far = _mm256_fmadd_ps(far, clamped, splat(-0.005021044984459877))
        far = _mm256_fmadd_ps(far, clamped, splat(0.026999497786164284))
        far = _mm256_fmadd_ps(far, clamped, splat(-0.1109074205160141))
        far = _mm256_fmadd_ps(far, clamped, splat(-0.6310888528823853))
        far = _mm256_fmadd_ps(far, clamped, splat(-1.1306045055389404))
        far = _mm256_fmadd_ps(far, clamped, splat(0.00040050060488283634))
        far = _mm256_or_ps(_mm256_sub_ps(splat(1), exp8(far)), _mm256_and_ps(signBit, x))
        return _mm256_blendv_ps(far, near, onnxlm_mm256_less_ps(magnitude, splat(1)))
    }

    /// The sum of the lanes, always in the same order.
    @inline(__always)
    func laneTotal(_ value: __m256) -> Float {
        let four = _mm_add_ps(_mm256_castps256_ps128(value), onnxlm_mm256_upper_ps(value))
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four))
        let one = _mm_add_ss(two, _mm_movehdup_ps(two))
        return _mm_cvtss_f32(one)
    }

    /// The largest lane that is not NaN.
    @inline(__always)
    func laneMaximum(_ value: __m256) -> Float {
        let four = _mm_max_ps(_mm256_castps256_ps128(value), onnxlm_mm256_upper_ps(value))
        let two = _mm_max_ps(four, _mm_movehl_ps(four, four))
        let one = _mm_max_ss(two, _mm_movehdup_ps(two))
        return _mm_cvtss_f32(one)
    }
#endif
