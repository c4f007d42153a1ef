// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The keys of a block in panels, and its values in rows `valueStride` elements apart.
    struct AttentionBlock {
        var keys: UnsafeRawPointer
        var values: UnsafeRawPointer
        var valueStride: Int
    }

    /// Keys of a block, from its start, that a row sees.
    struct BlockSpan {
        var low: Int
        var high: Int
    }

    @inline(always)
    func positionOfRow(_ a: onnxlm_attention_args, _ row: Int) -> Int {
        a.heads == 1 ? row : Int(UInt32(truncatingIfNeeded: row) / UInt32(truncatingIfNeeded: a.heads))
    }

    /// The keys of the block at `start` that a query position sees.
    @inline(always)
    func spanOfPosition(_ a: onnxlm_attention_args, _ position: Int, _ start: Int) -> BlockSpan {
        let absolute = Int(a.first_position) &+ position
        var low = 0
        if a.window > 0 {
            low = absolute &- Int(a.window) &+ 1 &- start
            low = low < 0 ? 0 : low > 64 ? 64 : low
        }
        var high = Int(a.last_key) &- start
        if high > 64 { high = 64 }
        if a.causal != 0 && absolute &+ 1 &- start < high { high = absolute &+ 1 &- start }
        return BlockSpan(low: low, high: high < 0 ? 0 : high)
    }

    /// What is added to the scores of a row with the block at `start`, if there is anything.
    @inline(always)
    func biasOfRow(_ a: onnxlm_attention_args, _ row: Int, _ start: Int) -> UnsafePointer<Float>? {
        guard let base = a.bias else { return nil }
        let within = positionOfRow(a, row)
        let head = row &- within &* Int(a.heads)
        let offset = head &* Int(a.bias_head_stride) &+ within &* Int(a.bias_position_stride)
        return base + (offset &+ start)
    }

    /// Scores of 16 keys from `first` on, capped and with what is added to them, where the mask says that they are seen.
    @inline(always)
    func cappedAndBiased(
        _ a: onnxlm_attention_args, _ scores: __m512, _ bias: UnsafePointer<Float>?, _ mask: UInt16,
        _ first: Int
    ) -> __m512 {
        var s = scores
        if a.softcap > 0 {
            let cap = splat(a.softcap)
            s = _mm512_mul_ps(cap, tanh16(_mm512_div_ps(s, cap)))
        }
        if let bias { s = _mm512_add_ps(s, _mm512_maskz_loadu_ps(mask, bias + first)) }
        return s
    }

    @inline(always)
    private func elementBytes(_ type: Int32) -> Int {
        type == ONNXLM_CACHE_F32 ? 4 : type == ONNXLM_CACHE_F16 ? 2 : 1
    }

    /// 16 elements of a cache; codes of int8 without their scale.
    @inline(always)
    func loadCached(_ base: UnsafeRawPointer, _ index: Int, _ type: Int32) -> __m512 {
        if type == ONNXLM_CACHE_F16 {
            let words = base.advanced(by: index &* 2).assumingMemoryBound(to: __m256i_u.self)
            return _mm512_cvtph_ps(_mm256_loadu_si256(words))
        }
        if type == ONNXLM_CACHE_I8 {
            let codes = base.advanced(by: index).assumingMemoryBound(to: __m128i_u.self)
            return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(codes)))
        }
        return _mm512_loadu_ps(base.advanced(by: index &* 4))
    }

    /// Eight elements of a cache, and zeros.
    @inline(always)
    func loadCachedHalf(_ base: UnsafeRawPointer, _ index: Int, _ type: Int32) -> __m512 {
        if type == ONNXLM_CACHE_F16 {
            let words = base.advanced(by: index &* 2).assumingMemoryBound(to: __m128i_u.self)
            return _mm512_cvtph_ps(_mm256_zextsi128_si256(_mm_loadu_si128(words)))
        }
        if type == ONNXLM_CACHE_I8 {
            let codes = base.advanced(by: index).assumingMemoryBound(to: __m128i_u.self)
            return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadl_epi64(codes)))
        }
        return _mm512_maskz_loadu_ps(0xFF, base.advanced(by: index &* 4))
    }

    @inline(always)
    func cachedBlock(_ a: onnxlm_attention_args, _ start: Int, _ type: Int32) -> AttentionBlock {
        let column = start &- Int(a.first_key)
        let bytes = elementBytes(type)
        return AttentionBlock(
            keys: a.keys + column &* Int(a.head_size) &* bytes,
            values: a.values + column &* Int(a.value_row_stride) &* bytes,
            valueStride: Int(a.value_row_stride))
    }

    /// Widens the first `count` positions of a block to float32.
    @inline(always)
    func widenBlock(_ a: onnxlm_attention_args, _ start: Int, _ count: Int, _ type: Int32) -> AttentionBlock {
        let size = Int(a.head_size)
        let column = start &- Int(a.first_key)
        let keys = a.block
        let values = a.block + 64 &* size
        let keyCount = ((count &+ 15) & ~15) &* size
        var i = 0
        if a.key_row_stride != 0 {
            gatherPanels(a, column, count, keys, type)
        } else {
            while i < keyCount {
                _mm512_storeu_ps(keys + i, loadCached(a.keys, column &* size &+ i, type))
                i &+= 16
            }
        }
        var key = 0
        while key < count {
            let source = (column &+ key) &* Int(a.value_row_stride)
            let target = values + key &* size
            i = 0
            while i &+ 16 <= size {
                _mm512_storeu_ps(target + i, loadCached(a.values, source &+ i, type))
                i &+= 16
            }
            if i < size {
                _mm512_mask_storeu_ps(target + i, 0xFF, loadCachedHalf(a.values, source &+ i, type))
            }
            key &+= 1
        }
        return AttentionBlock(keys: keys, values: values, valueStride: size)
    }

    @inline(always)
    private func cachedElement(_ base: UnsafeRawPointer, _ index: Int, _ type: Int32) -> Float {
        if type == ONNXLM_CACHE_F16 {
            let word = base.loadUnaligned(fromByteOffset: index &* 2, as: Int16.self)
            return _mm_cvtss_f32(_mm_cvtph_ps(_mm_set1_epi16(word)))
        }
        if type == ONNXLM_CACHE_I8 { return Float(base.load(fromByteOffset: index, as: Int8.self)) }
        return base.loadUnaligned(fromByteOffset: index &* 4, as: Float.self)
    }

    /// Brings rows of keys into panels; positions beyond the last stay as they are: nobody uses their products.
    @inline(always)
    private func gatherPanels(
        _ a: onnxlm_attention_args, _ column: Int, _ count: Int, _ panels: UnsafeMutablePointer<Float>,
        _ type: Int32
    ) {
        let size = Int(a.head_size)
        var key = 0
        while key < count {
            let source = (column &+ key) &* Int(a.key_row_stride)
            let target = panels + ((key & ~15) &* size &+ key & 15)
            var i = 0
            while i < size {
                target[i &* 16] = cachedElement(a.keys, source &+ i, type)
                i &+= 1
            }
            key &+= 1
        }
    }
#endif
