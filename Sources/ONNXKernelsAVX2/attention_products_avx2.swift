// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// Eight elements of a cache.
    @inline(__always)
    private func loadCached(_ base: UnsafeRawPointer, _ index: Int, isHalf: Bool) -> __m256 {
        if isHalf {
            let words = base.advanced(by: index &* 2).assumingMemoryBound(to: __m128i_u.self)
            return _mm256_cvtph_ps(_mm_loadu_si128(words))
        }
        return loadFloats(base.advanced(by: index &* 4))
    }

    /// The sums of the lanes of four vectors, each in the same order.
    @inline(__always)
    private func laneTotals(_ a: __m256, _ b: __m256, _ c: __m256, _ d: __m256) -> __m128 {
        let pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d))
        return _mm_add_ps(_mm256_castps256_ps128(pairs), onnxlm_mm256_upper_ps(pairs))
    }

    @inline(__always)
    private func queryRow(_ a: onnxlm_attention_args, _ row: Int) -> UnsafePointer<Float> {
        let heads = Int(a.heads)
        let position =
            heads == 1 ? row : Int(UInt32(truncatingIfNeeded: row) / UInt32(truncatingIfNeeded: heads))
        let head = row &- position &* heads
        let offset = position &* Int(a.query_position_stride) &+ head &* Int(a.query_head_stride)
        return a.query + offset
    }

    /// Products of one row with keys `low ..< high` of a block, eight at a time, to `scores`.
    ///
    /// Keys past the last are the last once more; whoever reads the scores masks them.
    @inline(__always)
    func scoreOne(_ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ low: Int, _ high: Int, isHalf: Bool)
    {
        let query = queryRow(a, row)
        let size = Int(a.head_size)
        let stride = Int(a.key_row_stride)
        var key = low & ~7
        while key < high {
            let last = high &- 1
            let k0 = (start &+ clamp(key, low, last)) &* stride
            let k1 = (start &+ clamp(key &+ 1, low, last)) &* stride
            let k2 = (start &+ clamp(key &+ 2, low, last)) &* stride
            let k3 = (start &+ clamp(key &+ 3, low, last)) &* stride
            let k4 = (start &+ clamp(key &+ 4, low, last)) &* stride
            let k5 = (start &+ clamp(key &+ 5, low, last)) &* stride
            let k6 = (start &+ clamp(key &+ 6, low, last)) &* stride
            let k7 = (start &+ clamp(key &+ 7, low, last)) &* stride
            var s0 = _mm256_setzero_ps()
            var s1 = s0
            var s2 = s0
            var s3 = s0
            var s4 = s0
            var s5 = s0
            var s6 = s0
            var s7 = s0
            var i = 0
            while i < size {
                let q = loadFloats(query + i)
                s0 = _mm256_fmadd_ps(q, loadCached(a.keys, k0 &+ i, isHalf: isHalf), s0)
                s1 = _mm256_fmadd_ps(q, loadCached(a.keys, k1 &+ i, isHalf: isHalf), s1)
                s2 = _mm256_fmadd_ps(q, loadCached(a.keys, k2 &+ i, isHalf: isHalf), s2)
                s3 = _mm256_fmadd_ps(q, loadCached(a.keys, k3 &+ i, isHalf: isHalf), s3)
                s4 = _mm256_fmadd_ps(q, loadCached(a.keys, k4 &+ i, isHalf: isHalf), s4)
                s5 = _mm256_fmadd_ps(q, loadCached(a.keys, k5 &+ i, isHalf: isHalf), s5)
                s6 = _mm256_fmadd_ps(q, loadCached(a.keys, k6 &+ i, isHalf: isHalf), s6)
                s7 = _mm256_fmadd_ps(q, loadCached(a.keys, k7 &+ i, isHalf: isHalf), s7)
                i &+= 8
            }
            let totals = _mm256_set_m128(laneTotals(s4, s5, s6, s7), laneTotals(s0, s1, s2, s3))
            _mm256_storeu_ps(a.scores + key, totals)
            key &+= 8
        }
    }

    @inline(__always)
    private func clamp(_ key: Int, _ low: Int, _ last: Int) -> Int {
        key < low ? low : key > last ? last : key
    }

    /// Products of three rows with keys `low ..< high` of a block, four at a time, to `scores`, 64 a row.
    @inline(__always)
    func scoreThree(
        _ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ low: Int, _ high: Int, isHalf: Bool
    ) {
        let query0 = queryRow(a, row)
        let query1 = queryRow(a, row &+ 1)
        let query2 = queryRow(a, row &+ 2)
        let size = Int(a.head_size)
        let stride = Int(a.key_row_stride)
        var key = low & ~3
        while key < high {
            let last = high &- 1
            let k0 = (start &+ clamp(key, low, last)) &* stride
            let k1 = (start &+ clamp(key &+ 1, low, last)) &* stride
            let k2 = (start &+ clamp(key &+ 2, low, last)) &* stride
            let k3 = (start &+ clamp(key &+ 3, low, last)) &* stride
            var s00 = _mm256_setzero_ps()
            var s01 = s00
            var s02 = s00
            var s03 = s00
            var s10 = s00
            var s11 = s00
            var s12 = s00
            var s13 = s00
            var s20 = s00
            var s21 = s00
            var s22 = s00
            var s23 = s00
            var i = 0
            while i < size {
                let q0 = loadFloats(query0 + i)
                let q1 = loadFloats(query1 + i)
                let q2 = loadFloats(query2 + i)
                let c0 = loadCached(a.keys, k0 &+ i, isHalf: isHalf)
                s00 = _mm256_fmadd_ps(q0, c0, s00)
                s10 = _mm256_fmadd_ps(q1, c0, s10)
                s20 = _mm256_fmadd_ps(q2, c0, s20)
                let c1 = loadCached(a.keys, k1 &+ i, isHalf: isHalf)
                s01 = _mm256_fmadd_ps(q0, c1, s01)
                s11 = _mm256_fmadd_ps(q1, c1, s11)
                s21 = _mm256_fmadd_ps(q2, c1, s21)
                let c2 = loadCached(a.keys, k2 &+ i, isHalf: isHalf)
                s02 = _mm256_fmadd_ps(q0, c2, s02)
                s12 = _mm256_fmadd_ps(q1, c2, s12)
                s22 = _mm256_fmadd_ps(q2, c2, s22)
                let c3 = loadCached(a.keys, k3 &+ i, isHalf: isHalf)
                s03 = _mm256_fmadd_ps(q0, c3, s03)
                s13 = _mm256_fmadd_ps(q1, c3, s13)
                s23 = _mm256_fmadd_ps(q2, c3, s23)
                i &+= 8
            }
            _mm_storeu_ps(a.scores + key, laneTotals(s00, s01, s02, s03))
            _mm_storeu_ps(a.scores + (64 &+ key), laneTotals(s10, s11, s12, s13))
            _mm_storeu_ps(a.scores + (128 &+ key), laneTotals(s20, s21, s22, s23))
            key &+= 4
        }
    }

    /// Adds the weighted values of keys `low ..< high` to one row's output, from element `first` on.
    @inline(__always)
    func addOne(
        _ a: onnxlm_attention_args, _ row: Int, _ weights: UnsafeMutablePointer<Float>, _ start: Int,
        _ low: Int,
        _ high: Int, _ decay: Float, _ first: Int, isHalf: Bool
    ) {
        let size = Int(a.head_size)
        let stride = Int(a.value_row_stride)
        let output = a.outputs + row &* size
        let factor = splat(decay)
        var i = first
        while i &+ 32 <= size {
            var o0 = _mm256_mul_ps(loadFloats(output + i), factor)
            var o1 = _mm256_mul_ps(loadFloats(output + (i &+ 8)), factor)
            var o2 = _mm256_mul_ps(loadFloats(output + (i &+ 16)), factor)
            var o3 = _mm256_mul_ps(loadFloats(output + (i &+ 24)), factor)
            var index = (start &+ low) &* stride &+ i
            var key = low
            while key < high {
                let weight = splat(weights[key])
                o0 = _mm256_fmadd_ps(weight, loadCached(a.values, index, isHalf: isHalf), o0)
                o1 = _mm256_fmadd_ps(weight, loadCached(a.values, index &+ 8, isHalf: isHalf), o1)
                o2 = _mm256_fmadd_ps(weight, loadCached(a.values, index &+ 16, isHalf: isHalf), o2)
                o3 = _mm256_fmadd_ps(weight, loadCached(a.values, index &+ 24, isHalf: isHalf), o3)
                index &+= stride
                key &+= 1
            }
            _mm256_storeu_ps(output + i, o0)
            _mm256_storeu_ps(output + (i &+ 8), o1)
            _mm256_storeu_ps(output + (i &+ 16), o2)
            _mm256_storeu_ps(output + (i &+ 24), o3)
            i &+= 32
        }
        while i < size {
            var o = _mm256_mul_ps(loadFloats(output + i), factor)
            var index = (start &+ low) &* stride &+ i
            var key = low
            while key < high {
                o = _mm256_fmadd_ps(splat(weights[key]), loadCached(a.values, index, isHalf: isHalf), o)
                index &+= stride
                key &+= 1
            }
            _mm256_storeu_ps(output + i, o)
            i &+= 8
        }
    }

    /// Adds the weighted values of keys `low ..< high` to the outputs of three rows.
    @inline(__always)
    func addThree(
        _ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ low: Int, _ high: Int, _ decay0: Float,
        _ decay1: Float, _ decay2: Float, isHalf: Bool
    ) {
        let size = Int(a.head_size)
        let stride = Int(a.value_row_stride)
        let output0 = a.outputs + row &* size
        let output1 = output0 + size
        let output2 = output1 + size
        var i = 0
        while i &+ 32 <= size {
            var o00 = _mm256_mul_ps(loadFloats(output0 + i), splat(decay0))
            var o01 = _mm256_mul_ps(loadFloats(output0 + (i &+ 8)), splat(decay0))
            var o02 = _mm256_mul_ps(loadFloats(output0 + (i &+ 16)), splat(decay0))
            var o03 = _mm256_mul_ps(loadFloats(output0 + (i &+ 24)), splat(decay0))
            var o10 = _mm256_mul_ps(loadFloats(output1 + i), splat(decay1))
            var o11 = _mm256_mul_ps(loadFloats(output1 + (i &+ 8)), splat(decay1))
            var o12 = _mm256_mul_ps(loadFloats(output1 + (i &+ 16)), splat(decay1))
            var o13 = _mm256_mul_ps(loadFloats(output1 + (i &+ 24)), splat(decay1))
            var o20 = _mm256_mul_ps(loadFloats(output2 + i), splat(decay2))
            var o21 = _mm256_mul_ps(loadFloats(output2 + (i &+ 8)), splat(decay2))
            var o22 = _mm256_mul_ps(loadFloats(output2 + (i &+ 16)), splat(decay2))
            var o23 = _mm256_mul_ps(loadFloats(output2 + (i &+ 24)), splat(decay2))
            var index = (start &+ low) &* stride &+ i
            var key = low
            while key < high {
                let w0 = splat(a.scores[key])
                let w1 = splat(a.scores[64 &+ key])
                let w2 = splat(a.scores[128 &+ key])
                let v0 = loadCached(a.values, index, isHalf: isHalf)
                o00 = _mm256_fmadd_ps(w0, v0, o00)
                o10 = _mm256_fmadd_ps(w1, v0, o10)
                o20 = _mm256_fmadd_ps(w2, v0, o20)
                let v1 = loadCached(a.values, index &+ 8, isHalf: isHalf)
                o01 = _mm256_fmadd_ps(w0, v1, o01)
                o11 = _mm256_fmadd_ps(w1, v1, o11)
                o21 = _mm256_fmadd_ps(w2, v1, o21)
                let v2 = loadCached(a.values, index &+ 16, isHalf: isHalf)
                o02 = _mm256_fmadd_ps(w0, v2, o02)
                o12 = _mm256_fmadd_ps(w1, v2, o12)
                o22 = _mm256_fmadd_ps(w2, v2, o22)
                let v3 = loadCached(a.values, index &+ 24, isHalf: isHalf)
                o03 = _mm256_fmadd_ps(w0, v3, o03)
                o13 = _mm256_fmadd_ps(w1, v3, o13)
                o23 = _mm256_fmadd_ps(w2, v3, o23)
                index &+= stride
                key &+= 1
            }
            _mm256_storeu_ps(output0 + i, o00)
            _mm256_storeu_ps(output0 + (i &+ 8), o01)
            _mm256_storeu_ps(output0 + (i &+ 16), o02)
            _mm256_storeu_ps(output0 + (i &+ 24), o03)
            _mm256_storeu_ps(output1 + i, o10)
            _mm256_storeu_ps(output1 + (i &+ 8), o11)
            _mm256_storeu_ps(output1 + (i &+ 16), o12)
            _mm256_storeu_ps(output1 + (i &+ 24), o13)
            _mm256_storeu_ps(output2 + i, o20)
            _mm256_storeu_ps(output2 + (i &+ 8), o21)
            _mm256_storeu_ps(output2 + (i &+ 16), o22)
            _mm256_storeu_ps(output2 + (i &+ 24), o23)
            i &+= 32
        }
        if i < size {
            addOne(a, row, a.scores, start, low, high, decay0, i, isHalf: isHalf)
            addOne(a, row &+ 1, a.scores + 64, start, low, high, decay1, i, isHalf: isHalf)
            addOne(a, row &+ 2, a.scores + 128, start, low, high, decay2, i, isHalf: isHalf)
        }
    }
#endif
