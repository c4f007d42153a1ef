// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// 2 to the power of x, to 2⁻¹⁸ of itself where that is fine, else to 2⁻¹³: exact for whole numbers, 0 for −infinity.
    @inline(always)
    func power(_ x: __m512, isFine: Bool) -> __m512 {
        let r = onnxlm_mm512_fraction_ps(x)
        // 2 to the power of r, for r from 0 to 1: the polynomial with 1 at 0 whose relative error is the least.
        var p: __m512
        if isFine {
            p = _mm512_fmadd_ps(splat(0.013426016084849834), r, splat(0.05224379897117615))
            p = _mm512_fmadd_ps(p, r, splat(0.24127937853336334))
            p = _mm512_fmadd_ps(p, r, splat(0.6930450201034546))
        } else {
            p = _mm512_fmadd_ps(splat(0.07706724107265472), r, splat(0.22764497995376587))
            p = _mm512_fmadd_ps(p, r, splat(0.6951166391372681))
        }
        p = _mm512_fmadd_ps(p, r, splat(1))
        return _mm512_scalef_ps(p, x)
    }

    @inline(always)
    func powers(_ s: FourVectors, _ subtrahend: __m512, areFine: Bool) -> FourVectors {
        (
            power(_mm512_sub_ps(s.0, subtrahend), isFine: areFine),
            power(_mm512_sub_ps(s.1, subtrahend), isFine: areFine),
            power(_mm512_sub_ps(s.2, subtrahend), isFine: areFine),
            power(_mm512_sub_ps(s.3, subtrahend), isFine: areFine)
        )
    }
#endif
