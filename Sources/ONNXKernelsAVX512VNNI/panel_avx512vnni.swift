// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    @inline(__always)
    func loadBytes(_ pointer: UnsafeRawPointer) -> __m256i {
        _mm256_loadu_si256(pointer.assumingMemoryBound(to: __m256i_u.self))
    }

    /// Four int8 activations, in every lane.
    @inline(__always)
    func broadcastQuad(_ pointer: UnsafeRawPointer, _ offset: Int) -> __m256i {
        _mm256_set1_epi32(pointer.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    /// The low nibble of every byte.
    @inline(__always)
    func lowNibbles(_ both: __m256i) -> __m256i { _mm256_and_si256(both, _mm256_set1_epi8(15)) }

    /// The high nibble of every byte.
    @inline(__always)
    func highNibbles(_ both: __m256i) -> __m256i { lowNibbles(_mm256_srli_epi16(both, 4)) }

    /// Signed weights of 8 bits as the file has them, unsigned.
    @inline(__always)
    func unsignedBytes(_ signed: __m256i) -> __m256i { _mm256_xor_si256(signed, _mm256_set1_epi8(-128)) }

    /// Bytes that the eight scales of a block take.
    @inline(__always)
    func scaleByteCount(_ layout: onnxlm_panel_layout) -> Int {
        layout.scale_type == ONNXLM_SCALE_F16 ? 16 : 32
    }

    /// The scales of a block.
    @inline(__always)
    func loadScales(_ pointer: UnsafeRawPointer, _ type: Int32) -> __m256 {
        if type == ONNXLM_SCALE_F16 {
            return _mm256_cvtph_ps(_mm_loadu_si128(pointer.assumingMemoryBound(to: __m128i_u.self)))
        }
        return _mm256_loadu_ps(pointer.assumingMemoryBound(to: Float.self))
    }

    /// `zero points × sum` of a block, where each zero point is a byte.
    @inline(__always)
    func zeroProducts(_ zeros: UnsafeRawPointer, _ sum: Int32) -> __m256i {
        let bytes = _mm_loadl_epi64(zeros.assumingMemoryBound(to: __m128i_u.self))
        return _mm256_madd_epi16(_mm256_cvtepu8_epi32(bytes), _mm256_set1_epi32(sum))
    }

    /// Stores the first `columns` of 8 lanes, after adding the bias.
    @inline(__always)
    func storeColumns(
        _ y: UnsafeMutablePointer<Float>, _ value: __m256, _ columns: Int, _ bias: UnsafePointer<Float>?
    ) {
        var result = value
        if let bias { result = _mm256_add_ps(result, _mm256_loadu_ps(bias)) }
        if columns >= 8 {
            _mm256_storeu_ps(y, result)
        } else {
            let mask = UInt8(truncatingIfNeeded: (UInt32(1) &<< UInt32(truncatingIfNeeded: columns)) &- 1)
            _mm256_mask_storeu_ps(y, mask, result)
        }
    }

    /// `sum + float(products) * (scales * scale)`, the one step that every level-4 product takes per block.
    @inline(__always)
    func addBlock(_ sum: __m256, _ products: __m256i, _ scales: __m256, _ scale: Float) -> __m256 {
        let factor = _mm256_mul_ps(scales, _mm256_set1_ps(scale))
        return _mm256_fmadd_ps(_mm256_cvtepi32_ps(products), factor, sum)
    }
#endif
