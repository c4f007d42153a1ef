// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// 32 bytes of one panel and 32 of its neighbour, in that order.
    @inline(__always)
    func loadPair(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> __m512i {
        let low = _mm256_loadu_si256(first.assumingMemoryBound(to: __m256i_u.self))
        let high = _mm256_loadu_si256(second.assumingMemoryBound(to: __m256i_u.self))
        return onnxlm_mm512_with_upper_si512(_mm512_castsi256_si512(low), high)
    }

    /// Eight floats of one panel and eight of its neighbour.
    @inline(__always)
    func loadFloatPair(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> __m512 {
        let low = _mm256_loadu_ps(first.assumingMemoryBound(to: Float.self))
        let high = _mm256_loadu_ps(second.assumingMemoryBound(to: Float.self))
        return onnxlm_mm512_with_upper_ps(_mm512_castps256_ps512(low), high)
    }

    /// Four int8 activations, in every lane.
    @inline(__always)
    func broadcastQuad(_ pointer: UnsafeRawPointer, _ offset: Int) -> __m512i {
        _mm512_set1_epi32(pointer.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    /// The zero points of a block in two panels, negated, as 32-bit lanes whose upper halves are zero.
    @inline(__always)
    func negatedZeroPoints(_ first: UnsafeRawPointer, _ second: UnsafeRawPointer) -> __m512i {
        let low = _mm_loadl_epi64(first.assumingMemoryBound(to: __m128i_u.self))
        let high = _mm_loadl_epi64(second.assumingMemoryBound(to: __m128i_u.self))
        let wide = _mm512_cvtepu8_epi32(_mm_unpacklo_epi64(low, high))
        return _mm512_and_si512(_mm512_sub_epi32(_mm512_setzero_si512(), wide), _mm512_set1_epi32(0xFFFF))
    }

    /// The low nibble of every byte.
    @inline(__always)
    func lowNibbles(_ both: __m512i) -> __m512i { _mm512_and_si512(both, _mm512_set1_epi32(0x0F0F_0F0F)) }

    /// The high nibble of every byte.
    @inline(__always)
    func highNibbles(_ both: __m512i) -> __m512i { lowNibbles(_mm512_srli_epi16(both, 4)) }

    /// Stores the first `columns` of 16 lanes, after adding the bias.
    @inline(__always)
    func storeColumns(
        _ y: UnsafeMutablePointer<Float>, _ value: __m512, _ columns: Int, _ bias: UnsafePointer<Float>?
    ) {
        let count = UInt32(truncatingIfNeeded: columns < 16 ? columns : 16)
        let mask = UInt16(truncatingIfNeeded: (UInt32(1) &<< count) &- 1)
        var result = value
        if let bias { result = _mm512_add_ps(result, _mm512_maskz_loadu_ps(mask, bias)) }
        _mm512_mask_storeu_ps(y, mask, result)
    }

    /// `sum + float(products) * (scales * scale)`, the one step that every level-4 product takes per block.
    @inline(__always)
    func addBlock(_ sum: __m512, _ products: __m512i, _ scales: __m512, _ scale: Float) -> __m512 {
        let factor = _mm512_mul_ps(scales, _mm512_set1_ps(scale))
        return _mm512_fmadd_ps(_mm512_cvtepi32_ps(products), factor, sum)
    }
#endif
