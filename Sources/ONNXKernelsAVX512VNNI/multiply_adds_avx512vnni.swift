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
        a.multiply_adds.pointee = round &* 192
    }

    /// Products of bytes, four to a lane; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i8_avx512vnni)
    package func multiply_adds_i8_avx512vnni(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm512_set1_epi8(3)
        var s0 = integers(0)
        var s1 = integers(4)
        var s2 = integers(8)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = addingBytes(s0, x)
            s1 = addingBytes(s1, x)
            s2 = addingBytes(s2, x)
            round &+= 1
        }
        a.sum.pointee = mixed(s0, s1, s2)
        a.multiply_adds.pointee = round &* 768
    }

    /// Products of 16-bit numbers, two to a lane; see `onnxlm_multiply_adds_args`.
    @c(onnxlm_multiply_adds_i16_avx512vnni)
    package func multiply_adds_i16_avx512vnni(_ args: UnsafePointer<onnxlm_multiply_adds_args>) {
        let a = args.pointee
        let x = _mm512_set1_epi16(3)
        var s0 = integers(0)
        var s1 = integers(4)
        var s2 = integers(8)
        var round: Int64 = 0
        while round < a.rounds {
            s0 = addingWords(s0, x)
            s1 = addingWords(s1, x)
            s2 = addingWords(s2, x)
            round &+= 1
        }
        a.sum.pointee = mixed(s0, s1, s2)
        a.multiply_adds.pointee = round &* 384
    }

    @inline(__always)
    private func floats(_ first: Float) -> FourVectors {
        (
            splat(first),
            splat(first + 1),
            splat(first + 2),
            splat(first + 3)
        )
    }

    @inline(__always)
    private func integers(_ first: Int32) -> FourSums {
        (
            _mm512_set1_epi32(first),
            _mm512_set1_epi32(first + 1),
            _mm512_set1_epi32(first + 2),
            _mm512_set1_epi32(first + 3)
        )
    }

    @inline(__always)
    private func addingFloats(_ s: FourVectors, _ x: __m512) -> FourVectors {
        (
            _mm512_fmadd_ps(x, x, s.0),
            _mm512_fmadd_ps(x, x, s.1),
            _mm512_fmadd_ps(x, x, s.2),
            _mm512_fmadd_ps(x, x, s.3)
        )
    }

    @inline(__always)
    private func addingBytes(_ s: FourSums, _ x: __m512i) -> FourSums {
        (
            _mm512_dpbusd_epi32(s.0, x, s.0),
            _mm512_dpbusd_epi32(s.1, x, s.1),
            _mm512_dpbusd_epi32(s.2, x, s.2),
            _mm512_dpbusd_epi32(s.3, x, s.3)
        )
    }

    @inline(__always)
    private func addingWords(_ s: FourSums, _ x: __m512i) -> FourSums {
        (
            _mm512_dpwssd_epi32(s.0, x, s.0),
            _mm512_dpwssd_epi32(s.1, x, s.1),
            _mm512_dpwssd_epi32(s.2, x, s.2),
            _mm512_dpwssd_epi32(s.3, x, s.3)
        )
    }

    @inline(__always)
    private func total(_ s: FourVectors) -> __m512 {
        _mm512_add_ps(_mm512_add_ps(s.0, s.1), _mm512_add_ps(s.2, s.3))
    }

    @inline(__always)
    private func mixed(_ s: FourSums) -> __m512i {
        _mm512_xor_si512(_mm512_xor_si512(s.0, s.1), _mm512_xor_si512(s.2, s.3))
    }

    @inline(__always)
    private func total(_ s0: FourVectors, _ s1: FourVectors, _ s2: FourVectors) -> Float {
        _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(total(s0), total(s1)), total(s2)))
    }

    @inline(__always)
    private func mixed(_ s0: FourSums, _ s1: FourSums, _ s2: FourSums) -> Float {
        Float(_mm512_reduce_or_epi32(_mm512_xor_si512(_mm512_xor_si512(mixed(s0), mixed(s1)), mixed(s2))))
    }
#endif
