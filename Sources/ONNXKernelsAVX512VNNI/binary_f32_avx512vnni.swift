// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// `silu(a) * b`.
    @c(onnxlm_silu_mul_f32_avx512vnni)
    package func silu_mul_f32_avx512vnni(_ args: UnsafePointer<onnxlm_binary_args>) {
        let a = args.pointee
        let count = Int(a.count)
        var i = 0
        while i &+ 16 <= count {
            let product = _mm512_mul_ps(silu16(_mm512_loadu_ps(a.a + i)), _mm512_loadu_ps(a.b + i))
            _mm512_storeu_ps(a.y + i, product)
            i &+= 16
        }
        if i < count {
            let lanes = firstLanes(count &- i)
            let gate = silu16(_mm512_maskz_loadu_ps(lanes, a.a + i))
            _mm512_mask_storeu_ps(
                a.y + i, lanes, _mm512_mul_ps(gate, _mm512_maskz_loadu_ps(lanes, a.b + i)))
        }
    }

    /// `x / (1 + exp(-x))`.
    @inline(__always)
    private func silu16(_ x: __m512) -> __m512 {
        let negative = _mm512_xor_ps(x, splat(-0.0))
        // The operand that may be NaN stands second: this instruction returns it then.
        let e = exp16(_mm512_min_ps(splat(100), negative))
        return _mm512_div_ps(x, _mm512_add_ps(e, splat(1)))
    }
#endif
