// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    // Twelve sums in registers, more than the products that the processor has under way at once; they differ, so that
    // the compiler keeps them all.

    /// Fused multiply-adds of floats; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_f32_avx512vnni)
    package func multiply_adds_f32_avx512vnni(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = splat(1e-3)
        var s0 = splat(0)
        var s1 = splat(1)
        var s2 = splat(2)
        var s3 = splat(3)
        var s4 = splat(4)
        var s5 = splat(5)
        var s6 = splat(6)
        var s7 = splat(7)
        var s8 = splat(8)
        var s9 = splat(9)
        var s10 = splat(10)
        var s11 = splat(11)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = _mm512_fmadd_ps(x, x, s0)
            s1 = _mm512_fmadd_ps(x, x, s1)
            s2 = _mm512_fmadd_ps(x, x, s2)
            s3 = _mm512_fmadd_ps(x, x, s3)
            s4 = _mm512_fmadd_ps(x, x, s4)
            s5 = _mm512_fmadd_ps(x, x, s5)
            s6 = _mm512_fmadd_ps(x, x, s6)
            s7 = _mm512_fmadd_ps(x, x, s7)
            s8 = _mm512_fmadd_ps(x, x, s8)
            s9 = _mm512_fmadd_ps(x, x, s9)
            s10 = _mm512_fmadd_ps(x, x, s10)
            s11 = _mm512_fmadd_ps(x, x, s11)
            round &+= 1
        }
        let t0 = _mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3))
        let t1 = _mm512_add_ps(_mm512_add_ps(s4, s5), _mm512_add_ps(s6, s7))
        let t2 = _mm512_add_ps(_mm512_add_ps(s8, s9), _mm512_add_ps(s10, s11))
        let total = _mm512_add_ps(_mm512_add_ps(t0, t1), t2)
        a.sum.pointee = _mm512_reduce_add_ps(total)
        a.multiply_adds.pointee = round &* 192
    }

    /// Products of bytes, four to a lane; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i8_avx512vnni)
    package func multiply_adds_i8_avx512vnni(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm512_set1_epi8(3)
        var s0 = _mm512_set1_epi32(0)
        var s1 = _mm512_set1_epi32(1)
        var s2 = _mm512_set1_epi32(2)
        var s3 = _mm512_set1_epi32(3)
        var s4 = _mm512_set1_epi32(4)
        var s5 = _mm512_set1_epi32(5)
        var s6 = _mm512_set1_epi32(6)
        var s7 = _mm512_set1_epi32(7)
        var s8 = _mm512_set1_epi32(8)
        var s9 = _mm512_set1_epi32(9)
        var s10 = _mm512_set1_epi32(10)
        var s11 = _mm512_set1_epi32(11)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = _mm512_dpbusd_epi32(s0, x, s0)
            s1 = _mm512_dpbusd_epi32(s1, x, s1)
            s2 = _mm512_dpbusd_epi32(s2, x, s2)
            s3 = _mm512_dpbusd_epi32(s3, x, s3)
            s4 = _mm512_dpbusd_epi32(s4, x, s4)
            s5 = _mm512_dpbusd_epi32(s5, x, s5)
            s6 = _mm512_dpbusd_epi32(s6, x, s6)
            s7 = _mm512_dpbusd_epi32(s7, x, s7)
            s8 = _mm512_dpbusd_epi32(s8, x, s8)
            s9 = _mm512_dpbusd_epi32(s9, x, s9)
            s10 = _mm512_dpbusd_epi32(s10, x, s10)
            s11 = _mm512_dpbusd_epi32(s11, x, s11)
            round &+= 1
        }
        let t0 = _mm512_xor_si512(_mm512_xor_si512(s0, s1), _mm512_xor_si512(s2, s3))
        let t1 = _mm512_xor_si512(_mm512_xor_si512(s4, s5), _mm512_xor_si512(s6, s7))
        let t2 = _mm512_xor_si512(_mm512_xor_si512(s8, s9), _mm512_xor_si512(s10, s11))
        let total = _mm512_xor_si512(_mm512_xor_si512(t0, t1), t2)
        a.sum.pointee = Float(_mm512_reduce_or_epi32(total))
        a.multiply_adds.pointee = round &* 768
    }

    /// Products of 16-bit numbers, two to a lane; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i16_avx512vnni)
    package func multiply_adds_i16_avx512vnni(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm512_set1_epi16(3)
        var s0 = _mm512_set1_epi32(0)
        var s1 = _mm512_set1_epi32(1)
        var s2 = _mm512_set1_epi32(2)
        var s3 = _mm512_set1_epi32(3)
        var s4 = _mm512_set1_epi32(4)
        var s5 = _mm512_set1_epi32(5)
        var s6 = _mm512_set1_epi32(6)
        var s7 = _mm512_set1_epi32(7)
        var s8 = _mm512_set1_epi32(8)
        var s9 = _mm512_set1_epi32(9)
        var s10 = _mm512_set1_epi32(10)
        var s11 = _mm512_set1_epi32(11)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = _mm512_dpwssd_epi32(s0, x, s0)
            s1 = _mm512_dpwssd_epi32(s1, x, s1)
            s2 = _mm512_dpwssd_epi32(s2, x, s2)
            s3 = _mm512_dpwssd_epi32(s3, x, s3)
            s4 = _mm512_dpwssd_epi32(s4, x, s4)
            s5 = _mm512_dpwssd_epi32(s5, x, s5)
            s6 = _mm512_dpwssd_epi32(s6, x, s6)
            s7 = _mm512_dpwssd_epi32(s7, x, s7)
            s8 = _mm512_dpwssd_epi32(s8, x, s8)
            s9 = _mm512_dpwssd_epi32(s9, x, s9)
            s10 = _mm512_dpwssd_epi32(s10, x, s10)
            s11 = _mm512_dpwssd_epi32(s11, x, s11)
            round &+= 1
        }
        let t0 = _mm512_xor_si512(_mm512_xor_si512(s0, s1), _mm512_xor_si512(s2, s3))
        let t1 = _mm512_xor_si512(_mm512_xor_si512(s4, s5), _mm512_xor_si512(s6, s7))
        let t2 = _mm512_xor_si512(_mm512_xor_si512(s8, s9), _mm512_xor_si512(s10, s11))
        let total = _mm512_xor_si512(_mm512_xor_si512(t0, t1), t2)
        a.sum.pointee = Float(_mm512_reduce_or_epi32(total))
        a.multiply_adds.pointee = round &* 384
    }
#endif
