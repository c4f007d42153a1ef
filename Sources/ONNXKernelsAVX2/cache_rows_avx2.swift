// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Writes rows to a cache of any type; see `onnxlm_cache_rows_args`.
    @c(onnxlm_cache_rows_avx2)
    package func cache_rows_avx2(_ args: UnsafePointer<onnxlm_cache_rows_args>) {
        let a = args.pointee
        switch (a.cache_type, a.panels != 0) {
        case (ONNXLM_CACHE_F16, true): writeRows(a, ONNXLM_CACHE_F16, panels: true)
        case (ONNXLM_CACHE_F16, false): writeRows(a, ONNXLM_CACHE_F16, panels: false)
        case (ONNXLM_CACHE_I8, true): writeRows(a, ONNXLM_CACHE_I8, panels: true)
        case (ONNXLM_CACHE_I8, false): writeRows(a, ONNXLM_CACHE_I8, panels: false)
        case (ONNXLM_CACHE_I16, true): writeRows(a, ONNXLM_CACHE_I16, panels: true)
        case (ONNXLM_CACHE_I16, false): writeRows(a, ONNXLM_CACHE_I16, panels: false)
        case (ONNXLM_CACHE_BF16, true): writeRows(a, ONNXLM_CACHE_BF16, panels: true)
        case (ONNXLM_CACHE_BF16, false): writeRows(a, ONNXLM_CACHE_BF16, panels: false)
        case (_, true): writeRows(a, ONNXLM_CACHE_F32, panels: true)
        case (_, false): writeRows(a, ONNXLM_CACHE_F32, panels: false)
        }
    }

    @inline(always)
    private func writeRows(_ a: onnxlm_cache_rows_args, _ type: Int32, panels: Bool) {
        let size = Int(a.head_size)
        var row = 0
        while row < Int(a.rows) {
            let x = a.x + row &* Int(a.x_row_stride)
            let position = Int(a.first) &+ row
            var scale: Float = 1
            if type == ONNXLM_CACHE_I8 || type == ONNXLM_CACHE_I16, let scales = a.scales {
                let largestCode =
                    type == ONNXLM_CACHE_I8
                    ? 127 : panels ? ONNXLM_CACHE_I16_KEY : ONNXLM_CACHE_I16_VALUE
                scale = rowScale(x, size, Float(largestCode))
                scales[position] = scale
            }
            if type == ONNXLM_CACHE_I16 || type == ONNXLM_CACHE_BF16 {
                writePairs(a.y, x, size, position, scale, type, panels)
                row &+= 1
                continue
            }
            let base = panels ? (position &>> 4) &* size &* 16 &+ position & 15 : position &* size
            var i = 0
            while i < size {
                let v = loadPart(x + i, size &- i)
                let rest = size &- i < 8 ? size &- i : 8
                if panels {
                    scatter(a.y, base &+ i &* 16, v, rest, scale, type)
                } else {
                    write(a.y, base &+ i, v, rest, scale, type)
                }
                i &+= 8
            }
            row &+= 1
        }
    }

    /// A row of int16 or bfloat16: pairs of elements to a panel, or elements beside those of a neighbouring position.
    @inline(always)
    private func writePairs(
        _ y: UnsafeMutableRawPointer, _ x: UnsafePointer<Float>, _ size: Int, _ position: Int, _ scale: Float,
        _ type: Int32, _ panels: Bool
    ) {
        let base =
            panels
            ? (position &>> 4) &* size &* 32 &+ (position & 15) &* 4
            : (position &>> 1) &* size &* 4 &+ (position & 1) &* 2
        var i = 0
        while i < size {
            let rest = size &- i < 8 ? size &- i : 8
            let v = loadPart(x + i, rest)
            let words = type == ONNXLM_CACHE_BF16 ? bfloat16Words(v) : words(codes(v, scale))
            if !panels {
                scatterWords(y.advanced(by: base &+ i &* 4), words, rest, 4)
            } else {
                let even = rest & ~1
                scatterPairs(y.advanced(by: base &+ i &* 32), words, even)
                if rest & 1 != 0 {
                    // The last of an odd number stands in a line of single elements.
                    let last = UInt64(truncatingIfNeeded: even)
                    let bits = (even < 4 ? lowBits(words) : highBits(words)) &>> ((last & 3) &* 16)
                    let index = (position &>> 4) &* size &* 16 &+ (i &+ even) &* 16 &+ position & 15
                    y.storeBytes(
                        of: UInt16(truncatingIfNeeded: bits), toByteOffset: index &* 2, as: UInt16.self)
                }
            }
            i &+= 8
        }
    }

    /// An even number of words, two to a line.
    @inline(always)
    private func scatterPairs(_ y: UnsafeMutableRawPointer, _ words: __m128i, _ count: Int) {
        let low = lowBits(words)
        let high = highBits(words)
        var i = 0
        while i < count {
            let bits = (i < 4 ? low : high) &>> UInt64(truncatingIfNeeded: (i & 2) &* 16)
            y.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: i &* 32, as: UInt32.self)
            i &+= 2
        }
    }

    /// Up to eight elements to neighbouring places.
    @inline(always)
    private func write(
        _ y: UnsafeMutableRawPointer, _ index: Int, _ v: __m256, _ count: Int, _ scale: Float, _ type: Int32
    ) {
        if type == ONNXLM_CACHE_F32 {
            storePart(y.advanced(by: index &* 4).assumingMemoryBound(to: Float.self), v, count)
        } else if type == ONNXLM_CACHE_F16 {
            let target = y.advanced(by: index &* 2)
            let words = onnxlm_mm256_cvtps_ph(v)
            if count == 8 {
                _mm_storeu_si128(target.assumingMemoryBound(to: __m128i_u.self), words)
            } else {
                scatterWords(target, words, count, 2)
            }
        } else {
            scatterCodes(y.advanced(by: index), codes(v, scale), count, 1)
        }
    }

    /// Up to eight elements to one position of a panel.
    @inline(always)
    private func scatter(
        _ y: UnsafeMutableRawPointer, _ index: Int, _ v: __m256, _ count: Int, _ scale: Float, _ type: Int32
    ) {
        if type == ONNXLM_CACHE_F32 {
            let target = y.advanced(by: index &* 4)
            scatterFloats(target, _mm256_castps256_ps128(v), count)
            scatterFloats(target + 256, onnxlm_mm256_upper_ps(v), count &- 4)
        } else if type == ONNXLM_CACHE_F16 {
            scatterWords(y.advanced(by: index &* 2), onnxlm_mm256_cvtps_ph(v), count, 32)
        } else {
            scatterCodes(y.advanced(by: index), codes(v, scale), count, 16)
        }
    }

    @inline(always)
    private func scatterFloats(_ y: UnsafeMutableRawPointer, _ v: __m128, _ count: Int) {
        let lanes = _mm_castps_si128(v)
        let low = lowBits(lanes)
        let high = highBits(lanes)
        if count > 0 { y.storeBytes(of: UInt32(truncatingIfNeeded: low), as: UInt32.self) }
        if count > 1 {
            y.storeBytes(of: UInt32(truncatingIfNeeded: low &>> 32), toByteOffset: 64, as: UInt32.self)
        }
        if count > 2 {
            y.storeBytes(of: UInt32(truncatingIfNeeded: high), toByteOffset: 128, as: UInt32.self)
        }
        if count > 3 {
            y.storeBytes(of: UInt32(truncatingIfNeeded: high &>> 32), toByteOffset: 192, as: UInt32.self)
        }
    }

    @inline(always)
    private func scatterWords(_ y: UnsafeMutableRawPointer, _ words: __m128i, _ count: Int, _ stride: Int) {
        let low = lowBits(words)
        let high = highBits(words)
        var i = 0
        while i < count {
            let bits = (i < 4 ? low : high) &>> UInt64(truncatingIfNeeded: (i & 3) &* 16)
            y.storeBytes(
                of: UInt16(truncatingIfNeeded: bits), toByteOffset: i &* stride, as: UInt16.self)
            i &+= 1
        }
    }

    @inline(always)
    private func words(_ codes: __m256i) -> __m128i {
        _mm_packs_epi32(_mm256_castsi256_si128(codes), onnxlm_mm256_upper_si256(codes))
    }

    /// The low bytes of eight codes.
    @inline(always)
    private func scatterCodes(_ y: UnsafeMutableRawPointer, _ codes: __m256i, _ count: Int, _ stride: Int) {
        let words = words(codes)
        let bytes = lowBits(_mm_packs_epi16(words, words))
        var i = 0
        while i < count {
            let bits = bytes &>> UInt64(truncatingIfNeeded: i &* 8)
            y.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: i &* stride, as: UInt8.self)
            i &+= 1
        }
    }

    @inline(always)
    private func lowBits(_ v: __m128i) -> UInt64 { UInt64(bitPattern: Int64(_mm_cvtsi128_si64(v))) }

    @inline(always)
    private func highBits(_ v: __m128i) -> UInt64 { lowBits(_mm_unpackhi_epi64(v, v)) }

    @inline(always)
    private func codes(_ v: __m256, _ scale: Float) -> __m256i {
        if scale != scale { return _mm256_set1_epi32(1) }
        return _mm256_cvtps_epi32(_mm256_div_ps(v, splat(scale)))
    }

    @inline(always)
    private func rowScale(_ x: UnsafePointer<Float>, _ count: Int, _ largestCode: Float) -> Float {
        let magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFF_FFFF))
        var largest = _mm256_setzero_ps()
        var unordered = _mm256_setzero_ps()
        var i = 0
        while i < count {
            let v = _mm256_and_ps(loadPart(x + i, count &- i), magnitude)
            largest = _mm256_max_ps(v, largest)
            // An infinity less itself is NaN.
            let difference = _mm256_sub_ps(v, v)
            unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(difference, difference))
            i &+= 8
        }
        if _mm256_movemask_ps(unordered) != 0 { return .nan }
        let scale = laneMaximum(largest) / largestCode
        return scale < .leastNormalMagnitude ? 1 : scale
    }
#endif
