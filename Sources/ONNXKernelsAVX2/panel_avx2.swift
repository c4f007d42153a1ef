// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// A mask whose first `count` lanes are set.
    @inline(__always)
    func laneMask(_ count: Int) -> __m256i {
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)
        let clamped = count < 0 ? 0 : count > 8 ? 8 : count
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(Int32(truncatingIfNeeded: clamped)), lanes)
    }

    /// Eight floats, zeros from `rest` on.
    @inline(__always)
    func loadPart(_ pointer: UnsafePointer<Float>, _ rest: Int) -> __m256 {
        if rest >= 8 { return _mm256_loadu_ps(pointer) }
        if rest <= 0 { return _mm256_setzero_ps() }
        return _mm256_maskload_ps(pointer, laneMask(rest))
    }

    /// Stores the first `rest` of eight floats.
    @inline(__always)
    func storePart(_ pointer: UnsafeMutablePointer<Float>, _ value: __m256, _ rest: Int) {
        if rest >= 8 {
            _mm256_storeu_ps(pointer, value)
        } else {
            _mm256_maskstore_ps(pointer, laneMask(rest), value)
        }
    }

    @inline(__always)
    func loadBytes(_ pointer: UnsafeRawPointer) -> __m256i {
        _mm256_loadu_si256(pointer.assumingMemoryBound(to: __m256i_u.self))
    }

    @inline(__always)
    func loadFloats(_ pointer: UnsafeRawPointer) -> __m256 {
        _mm256_loadu_ps(pointer.assumingMemoryBound(to: Float.self))
    }

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
        return loadFloats(pointer)
    }

    /// Four int8 activations, in every lane.
    @inline(__always)
    func broadcastQuad(_ pointer: UnsafeRawPointer, _ offset: Int) -> __m256i {
        _mm256_set1_epi32(pointer.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    /// The zero points of a block as 32-bit lanes whose upper halves are zero.
    @inline(__always)
    func loadZeroPoints(_ pointer: UnsafeRawPointer) -> __m256i {
        let bytes = _mm_loadl_epi64(pointer.assumingMemoryBound(to: __m128i_u.self))
        return _mm256_cvtepu8_epi32(bytes)
    }

    /// The zero points of a block of 8 bits less 128, as 32-bit lanes whose upper halves are zero.
    @inline(__always)
    func centredZeroPoints(_ pointer: UnsafeRawPointer) -> __m256i {
        let centred = _mm256_sub_epi32(loadZeroPoints(pointer), _mm256_set1_epi32(128))
        return _mm256_and_si256(centred, _mm256_set1_epi32(0xFFFF))
    }

    /// Signed weights times signed activations, four products to a 32-bit lane.
    @inline(__always)
    func signedProducts(_ weights: __m256i, _ activations: __m256i) -> __m256i {
        let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weights), _mm256_sign_epi8(activations, weights))
        return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
    }

    /// Stores the first `columns` of 8 lanes, after adding the bias.
    @inline(__always)
    func storeColumns(
        _ y: UnsafeMutablePointer<Float>, _ value: __m256, _ columns: Int, _ bias: UnsafePointer<Float>?
    ) {
        var result = value
        if let bias { result = _mm256_add_ps(result, loadFloats(bias)) }
        storePart(y, result, columns)
    }

    /// `sum + float(products) * (scales * scale)`, the one step that every level-4 product takes per block.
    @inline(__always)
    func addBlock(_ sum: __m256, _ products: __m256i, _ scales: __m256, _ scale: Float) -> __m256 {
        let factor = _mm256_mul_ps(scales, _mm256_set1_ps(scale))
        return _mm256_fmadd_ps(_mm256_cvtepi32_ps(products), factor, sum)
    }
#endif
