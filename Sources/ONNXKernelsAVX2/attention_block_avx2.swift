// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    @inline(__always)
    func elementBytes(_ type: Int32) -> Int {
        type == ONNXLM_CACHE_F32 ? 4 : type == ONNXLM_CACHE_F16 ? 2 : 1
    }

    /// Eight elements of a cache; codes of int8 without their scale.
    @inline(__always)
    func loadCached(_ base: UnsafeRawPointer, _ index: Int, _ type: Int32) -> __m256 {
        if type == ONNXLM_CACHE_F16 {
            let words = base.advanced(by: index &* 2).assumingMemoryBound(to: __m128i_u.self)
            return _mm256_cvtph_ps(_mm_loadu_si128(words))
        }
        if type == ONNXLM_CACHE_I8 {
            let codes = base.advanced(by: index).assumingMemoryBound(to: __m128i_u.self)
            return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(codes)))
        }
        return loadFloats(base.advanced(by: index &* 4))
    }

    /// Widens the first `count` positions of a block to float32: keys to panels, values to slabs.
    @inline(__always)
    func widenBlock(_ a: onnxlm_attention_args, _ start: Int, _ count: Int, _ type: Int32) -> AttentionBlock {
        let size = Int(a.head_size)
        let column = start &- Int(a.first_key)
        let keys = a.block
        let values = a.block + 64 &* ((size &+ 31) & ~31)
        if a.key_row_stride != 0 {
            gatherPanels(a, column, count, keys, type)
        } else if type == ONNXLM_CACHE_F32 {
            let source = a.keys + column &* size &* 4
            widenSlabs(a, column, count, values, type)
            return AttentionBlock(keys: source, values: values, valueStride: 32, slabStride: 64 &* 32)
        } else {
            let panels = (count &+ 15) & ~15
            let source = column &* size
            var i = 0
            while i < panels &* size {
                _mm256_storeu_ps(keys + i, loadCached(a.keys, source &+ i, type))
                _mm256_storeu_ps(keys + (i &+ 8), loadCached(a.keys, source &+ i &+ 8, type))
                i &+= 16
            }
        }
        widenSlabs(a, column, count, values, type)
        return AttentionBlock(keys: keys, values: values, valueStride: 32, slabStride: 64 &* 32)
    }

    @inline(__always)
    private func widenSlabs(
        _ a: onnxlm_attention_args, _ column: Int, _ count: Int, _ values: UnsafeMutablePointer<Float>,
        _ type: Int32
    ) {
        let size = Int(a.head_size)
        let stride = Int(a.value_row_stride)
        var key = 0
        while key < count {
            let source = (column &+ key) &* stride
            let target = values + key &* 32
            var i = 0
            while i < size {
                let slab = (i &>> 5) &* 64 &* 32
                _mm256_storeu_ps(target + (slab &+ i & 31), loadCached(a.values, source &+ i, type))
                i &+= 8
            }
            key &+= 1
        }
    }

    /// Brings rows of keys into panels, eight positions by eight elements at a time. Positions beyond the last are
    /// the last once more: nobody uses their products.
    @inline(__always)
    private func gatherPanels(
        _ a: onnxlm_attention_args, _ column: Int, _ count: Int, _ panels: UnsafeMutablePointer<Float>,
        _ type: Int32
    ) {
        let size = Int(a.head_size)
        let stride = Int(a.key_row_stride)
        let last = count &- 1
        var key = 0
        while key < (count &+ 15) & ~15 {
            let r0 = (column &+ lesser(key, last)) &* stride
            let r1 = (column &+ lesser(key &+ 1, last)) &* stride
            let r2 = (column &+ lesser(key &+ 2, last)) &* stride
            let r3 = (column &+ lesser(key &+ 3, last)) &* stride
            let r4 = (column &+ lesser(key &+ 4, last)) &* stride
            let r5 = (column &+ lesser(key &+ 5, last)) &* stride
            let r6 = (column &+ lesser(key &+ 6, last)) &* stride
            let r7 = (column &+ lesser(key &+ 7, last)) &* stride
            let target = panels + ((key & ~15) &* size &+ key & 8)
            var i = 0
            while i < size {
                let (a0, a1) = interleaved(
                    loadCached(a.keys, r0 &+ i, type), loadCached(a.keys, r1 &+ i, type))
                let (a2, a3) = interleaved(
                    loadCached(a.keys, r2 &+ i, type), loadCached(a.keys, r3 &+ i, type))
                let (a4, a5) = interleaved(
                    loadCached(a.keys, r4 &+ i, type), loadCached(a.keys, r5 &+ i, type))
                let (a6, a7) = interleaved(
                    loadCached(a.keys, r6 &+ i, type), loadCached(a.keys, r7 &+ i, type))
                let (b0, b1) = pairsInterleaved(a0, a2)
                let (b2, b3) = pairsInterleaved(a1, a3)
                let (b4, b5) = pairsInterleaved(a4, a6)
                let (b6, b7) = pairsInterleaved(a5, a7)
                let to = target + i &* 16
                _mm256_storeu_ps(to, onnxlm_mm256_low_halves_ps(b0, b4))
                _mm256_storeu_ps(to + 16, onnxlm_mm256_low_halves_ps(b1, b5))
                _mm256_storeu_ps(to + 32, onnxlm_mm256_low_halves_ps(b2, b6))
                _mm256_storeu_ps(to + 48, onnxlm_mm256_low_halves_ps(b3, b7))
                _mm256_storeu_ps(to + 64, onnxlm_mm256_high_halves_ps(b0, b4))
                _mm256_storeu_ps(to + 80, onnxlm_mm256_high_halves_ps(b1, b5))
                _mm256_storeu_ps(to + 96, onnxlm_mm256_high_halves_ps(b2, b6))
                _mm256_storeu_ps(to + 112, onnxlm_mm256_high_halves_ps(b3, b7))
                i &+= 8
            }
            key &+= 8
        }
    }

    @inline(__always)
    private func lesser(_ a: Int, _ b: Int) -> Int { a < b ? a : b }

    @inline(__always)
    private func interleaved(_ x: __m256, _ y: __m256) -> (__m256, __m256) {
        (_mm256_unpacklo_ps(x, y), _mm256_unpackhi_ps(x, y))
    }

    @inline(__always)
    private func pairsInterleaved(_ x: __m256, _ y: __m256) -> (__m256, __m256) {
        let u = _mm256_castps_pd(x)
        let v = _mm256_castps_pd(y)
        return (
            _mm256_castpd_ps(_mm256_unpacklo_pd(u, v)), _mm256_castpd_ps(_mm256_unpackhi_pd(u, v))
        )
    }
#endif
