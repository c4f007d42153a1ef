// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    // Twelve sums in registers, more than the products that the processor has under way at once; they differ, so that
    // the compiler keeps them all.

    /// Fused multiply-adds of floats; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_f32_avx2)
    package func multiply_adds_f32_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
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
            s0 = _mm256_fmadd_ps(x, x, s0)
            s1 = _mm256_fmadd_ps(x, x, s1)
            s2 = _mm256_fmadd_ps(x, x, s2)
            s3 = _mm256_fmadd_ps(x, x, s3)
            s4 = _mm256_fmadd_ps(x, x, s4)
            s5 = _mm256_fmadd_ps(x, x, s5)
            s6 = _mm256_fmadd_ps(x, x, s6)
            s7 = _mm256_fmadd_ps(x, x, s7)
            s8 = _mm256_fmadd_ps(x, x, s8)
            s9 = _mm256_fmadd_ps(x, x, s9)
            s10 = _mm256_fmadd_ps(x, x, s10)
            s11 = _mm256_fmadd_ps(x, x, s11)
            round &+= 1
        }
        let t0 = _mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3))
        let t1 = _mm256_add_ps(_mm256_add_ps(s4, s5), _mm256_add_ps(s6, s7))
        let t2 = _mm256_add_ps(_mm256_add_ps(s8, s9), _mm256_add_ps(s10, s11))
        let total = _mm256_add_ps(_mm256_add_ps(t0, t1), t2)
        a.sum.pointee = _mm_cvtss_f32(_mm256_castps256_ps128(total))
        a.multiply_adds.pointee = round &* 96
    }

    /// Products of bytes in pairs, added up in 16 bits; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i8_avx2)
    package func multiply_adds_i8_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm256_set1_epi8(3)
        var s0 = _mm256_set1_epi8(1)
        var s1 = _mm256_set1_epi8(2)
        var s2 = _mm256_set1_epi8(3)
        var s3 = _mm256_set1_epi8(4)
        var s4 = _mm256_set1_epi8(5)
        var s5 = _mm256_set1_epi8(6)
        var s6 = _mm256_set1_epi8(7)
        var s7 = _mm256_set1_epi8(8)
        var s8 = _mm256_set1_epi8(9)
        var s9 = _mm256_set1_epi8(10)
        var s10 = _mm256_set1_epi8(11)
        var s11 = _mm256_set1_epi8(12)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = _mm256_add_epi16(s0, _mm256_maddubs_epi16(x, s0))
            s1 = _mm256_add_epi16(s1, _mm256_maddubs_epi16(x, s1))
            s2 = _mm256_add_epi16(s2, _mm256_maddubs_epi16(x, s2))
            s3 = _mm256_add_epi16(s3, _mm256_maddubs_epi16(x, s3))
            s4 = _mm256_add_epi16(s4, _mm256_maddubs_epi16(x, s4))
            s5 = _mm256_add_epi16(s5, _mm256_maddubs_epi16(x, s5))
            s6 = _mm256_add_epi16(s6, _mm256_maddubs_epi16(x, s6))
            s7 = _mm256_add_epi16(s7, _mm256_maddubs_epi16(x, s7))
            s8 = _mm256_add_epi16(s8, _mm256_maddubs_epi16(x, s8))
            s9 = _mm256_add_epi16(s9, _mm256_maddubs_epi16(x, s9))
            s10 = _mm256_add_epi16(s10, _mm256_maddubs_epi16(x, s10))
            s11 = _mm256_add_epi16(s11, _mm256_maddubs_epi16(x, s11))
            round &+= 1
        }
        let t0 = _mm256_xor_si256(_mm256_xor_si256(s0, s1), _mm256_xor_si256(s2, s3))
        let t1 = _mm256_xor_si256(_mm256_xor_si256(s4, s5), _mm256_xor_si256(s6, s7))
        let t2 = _mm256_xor_si256(_mm256_xor_si256(s8, s9), _mm256_xor_si256(s10, s11))
        let total = _mm256_xor_si256(_mm256_xor_si256(t0, t1), t2)
        a.sum.pointee = Float(_mm_cvtsi128_si32(_mm256_castsi256_si128(total)))
        a.multiply_adds.pointee = round &* 384
    }

    /// Products of 16-bit numbers in pairs, added up in 32 bits; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i16_avx2)
    package func multiply_adds_i16_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm256_set1_epi16(3)
        var s0 = _mm256_set1_epi16(1)
        var s1 = _mm256_set1_epi16(2)
        var s2 = _mm256_set1_epi16(3)
        var s3 = _mm256_set1_epi16(4)
        var s4 = _mm256_set1_epi16(5)
        var s5 = _mm256_set1_epi16(6)
        var s6 = _mm256_set1_epi16(7)
        var s7 = _mm256_set1_epi16(8)
        var s8 = _mm256_set1_epi16(9)
        var s9 = _mm256_set1_epi16(10)
        var s10 = _mm256_set1_epi16(11)
        var s11 = _mm256_set1_epi16(12)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(x, s0))
            s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(x, s1))
            s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(x, s2))
            s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(x, s3))
            s4 = _mm256_add_epi32(s4, _mm256_madd_epi16(x, s4))
            s5 = _mm256_add_epi32(s5, _mm256_madd_epi16(x, s5))
            s6 = _mm256_add_epi32(s6, _mm256_madd_epi16(x, s6))
            s7 = _mm256_add_epi32(s7, _mm256_madd_epi16(x, s7))
            s8 = _mm256_add_epi32(s8, _mm256_madd_epi16(x, s8))
            s9 = _mm256_add_epi32(s9, _mm256_madd_epi16(x, s9))
            s10 = _mm256_add_epi32(s10, _mm256_madd_epi16(x, s10))
            s11 = _mm256_add_epi32(s11, _mm256_madd_epi16(x, s11))
            round &+= 1
        }
        let t0 = _mm256_xor_si256(_mm256_xor_si256(s0, s1), _mm256_xor_si256(s2, s3))
        let t1 = _mm256_xor_si256(_mm256_xor_si256(s4, s5), _mm256_xor_si256(s6, s7))
        let t2 = _mm256_xor_si256(_mm256_xor_si256(s8, s9), _mm256_xor_si256(s10, s11))
        let total = _mm256_xor_si256(_mm256_xor_si256(t0, t1), t2)
        a.sum.pointee = Float(_mm_cvtsi128_si32(_mm256_castsi256_si128(total)))
        a.multiply_adds.pointee = round &* 192
    }
#endif
