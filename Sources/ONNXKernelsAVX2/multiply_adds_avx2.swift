// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    private typealias FourFloats = (__m256, __m256, __m256, __m256)

    // Twelve sums in registers, more than the products that the processor has under way at once; they differ, so that
    // the compiler keeps them all.

    /// Fused multiply-adds of floats; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_f32_avx2)
    package func multiply_adds_f32_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = splat(1e-3)
        var s0 = floats(0)
        var s1 = floats(4)
        var s2 = floats(8)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = addingFloats(s0, x)
            s1 = addingFloats(s1, x)
            s2 = addingFloats(s2, x)
            round &+= 1
        }
        a.sum.pointee = total(s0, s1, s2)
        a.multiply_adds.pointee = round &* 96
    }

    /// Products of bytes in pairs, added up in 16 bits; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i8_avx2)
    package func multiply_adds_i8_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm256_set1_epi8(3)
        var s0 = integers(1)
        var s1 = integers(5)
        var s2 = integers(9)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = addingBytes(s0, x)
            s1 = addingBytes(s1, x)
            s2 = addingBytes(s2, x)
            round &+= 1
        }
        a.sum.pointee = mixed(s0, s1, s2)
        a.multiply_adds.pointee = round &* 384
    }

    /// Products of 16-bit numbers in pairs, added up in 32 bits; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i16_avx2)
    package func multiply_adds_i16_avx2(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm256_set1_epi16(3)
        var s0 = integers(1)
        var s1 = integers(5)
        var s2 = integers(9)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = addingWords(s0, x)
            s1 = addingWords(s1, x)
            s2 = addingWords(s2, x)
            round &+= 1
        }
        a.sum.pointee = mixed(s0, s1, s2)
        a.multiply_adds.pointee = round &* 192
    }

    @inline(__always)
    private func floats(_ first: Float) -> FourFloats {
        (
            splat(first),
            splat(first + 1),
            splat(first + 2),
            splat(first + 3)
        )
    }

    @inline(__always)
    private func integers(_ first: Int8) -> Four {
        (
            _mm256_set1_epi8(first),
            _mm256_set1_epi8(first + 1),
            _mm256_set1_epi8(first + 2),
            _mm256_set1_epi8(first + 3)
        )
    }

    @inline(__always)
    private func addingFloats(_ s: FourFloats, _ x: __m256) -> FourFloats {
        (
            _mm256_fmadd_ps(x, x, s.0),
            _mm256_fmadd_ps(x, x, s.1),
            _mm256_fmadd_ps(x, x, s.2),
            _mm256_fmadd_ps(x, x, s.3)
        )
    }

    @inline(__always)
    private func addingBytes(_ s: Four, _ x: __m256i) -> Four {
        (
            _mm256_add_epi16(s.0, _mm256_maddubs_epi16(x, s.0)),
            _mm256_add_epi16(s.1, _mm256_maddubs_epi16(x, s.1)),
            _mm256_add_epi16(s.2, _mm256_maddubs_epi16(x, s.2)),
            _mm256_add_epi16(s.3, _mm256_maddubs_epi16(x, s.3))
        )
    }

    @inline(__always)
    private func addingWords(_ s: Four, _ x: __m256i) -> Four {
        (
            _mm256_add_epi32(s.0, _mm256_madd_epi16(x, s.0)),
            _mm256_add_epi32(s.1, _mm256_madd_epi16(x, s.1)),
            _mm256_add_epi32(s.2, _mm256_madd_epi16(x, s.2)),
            _mm256_add_epi32(s.3, _mm256_madd_epi16(x, s.3))
        )
    }

    @inline(__always)
    private func total(_ s: FourFloats) -> __m256 {
        _mm256_add_ps(_mm256_add_ps(s.0, s.1), _mm256_add_ps(s.2, s.3))
    }

    @inline(__always)
    private func mixed(_ s: Four) -> __m256i {
        _mm256_xor_si256(_mm256_xor_si256(s.0, s.1), _mm256_xor_si256(s.2, s.3))
    }

    @inline(__always)
    private func total(_ s0: FourFloats, _ s1: FourFloats, _ s2: FourFloats) -> Float {
        _mm_cvtss_f32(_mm256_castps256_ps128(_mm256_add_ps(_mm256_add_ps(total(s0), total(s1)), total(s2))))
    }

    @inline(__always)
    private func mixed(_ s0: Four, _ s1: Four, _ s2: Four) -> Float {
        Float(
            _mm_cvtsi128_si32(
                _mm256_castsi256_si128(_mm256_xor_si256(_mm256_xor_si256(mixed(s0), mixed(s1)), mixed(s2)))))
    }
#endif
