// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// Widens the first `count` positions of an int16 or bfloat16 block to float32, without scales: keys to panels, values
    /// to slabs.
    @inline(always)
    func widenPairs(_ a: onnxlm_attention_args, _ start: Int, _ count: Int, _ type: Int32) -> AttentionBlock {
        let size = Int(a.head_size)
        let offset = (start &- Int(a.first_key)) &* size &* 2
        let keys = a.block
        let values = a.block + 64 &* ((size &+ 31) & ~31)
        // A line of 64 bytes is 16 positions of two elements.
        let lines = ((count &+ 15) &>> 4) &* (size &>> 1)
        var line = 0
        while line < lines {
            let source = a.keys + (offset &+ line &* 64)
            let target = keys + line &* 32
            let low = loadPairs(source)
            let high = loadPairs(source + 32)
            _mm256_storeu_ps(target, firstOfPairs(low, type))
            _mm256_storeu_ps(target + 8, firstOfPairs(high, type))
            _mm256_storeu_ps(target + 16, secondOfPairs(low, type))
            _mm256_storeu_ps(target + 24, secondOfPairs(high, type))
            line &+= 1
        }
        var key = 0
        while key < count {
            let source = a.values + (offset &+ key &* size &* 2)
            let target = values + key &* 32
            var i = 0
            while i < size {
                let pairs = loadPairs(source + i &* 4)
                let slab = (i &>> 5) &* 64 &* 32
                _mm256_storeu_ps(target + (slab &+ i & 31), firstOfPairs(pairs, type))
                _mm256_storeu_ps(target + (slab &+ 32 &+ i & 31), secondOfPairs(pairs, type))
                i &+= 8
            }
            key &+= 2
        }
        return AttentionBlock(keys: keys, values: values, valueStride: 32, slabStride: 64 &* 32)
    }

    @inline(always)
    private func loadPairs(_ address: UnsafeRawPointer) -> __m256i {
        _mm256_loadu_si256(address.assumingMemoryBound(to: __m256i_u.self))
    }

    @inline(always)
    private func firstOfPairs(_ pairs: __m256i, _ type: Int32) -> __m256 {
        let upper = _mm256_slli_epi32(pairs, 16)
        if type == ONNXLM_CACHE_BF16 { return _mm256_castsi256_ps(upper) }
        return _mm256_cvtepi32_ps(_mm256_srai_epi32(upper, 16))
    }

    @inline(always)
    private func secondOfPairs(_ pairs: __m256i, _ type: Int32) -> __m256 {
        if type == ONNXLM_CACHE_BF16 {
            let mask = _mm256_set1_epi32(Int32(bitPattern: 0xFFFF_0000))
            return _mm256_castsi256_ps(_mm256_and_si256(pairs, mask))
        }
        return _mm256_cvtepi32_ps(_mm256_srai_epi32(pairs, 16))
    }
#endif
