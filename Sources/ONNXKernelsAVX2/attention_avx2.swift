// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of float32 keys; see `onnxlm_attention_args`.
    /// The head size is a multiple of 8.
    @c(onnxlm_attention_f32_avx2)
    package func attention_f32_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, isHalf: false)
    }

    /// The same over float16 keys and values.
    @c(onnxlm_attention_f16_avx2)
    package func attention_f16_avx2(_ args: UnsafePointer<onnxlm_attention_args>) {
        attendTile(args, isHalf: true)
    }

    /// Rows of one position see the same keys, and so do all rows of a tile in most blocks: three such rows share
    /// each load of a key or a value. A row's own operations are the same alone or with others.
    @inline(__always)
    private func attendTile(_ args: UnsafePointer<onnxlm_attention_args>, isHalf: Bool) {
        let a = args.pointee
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            var row = 0
            while row < rows {
                let low = firstVisible(a, row, start)
                let high = lastVisible(a, row, start)
                var count = 1
                if row &+ 2 < rows {
                    let next = row &+ 2
                    if firstVisible(a, next, start) == low && lastVisible(a, next, start) == high {
                        count = 3
                    }
                }
                if low < high {
                    if count == 3 {
                        scoreThree(a, row, start, low, high, isHalf: isHalf)
                    } else {
                        scoreOne(a, row, start, low, high, isHalf: isHalf)
                    }
                    var decay = (Float(0), Float(0), Float(0))
                    decay.0 = weighRow(a, row, a.scores, start, low, high)
                    if count == 3 {
                        decay.1 = weighRow(a, row &+ 1, a.scores + 64, start, low, high)
                        decay.2 = weighRow(a, row &+ 2, a.scores + 128, start, low, high)
                        addThree(a, row, start, low, high, decay.0, decay.1, decay.2, isHalf: isHalf)
                    } else {
                        addOne(a, row, a.scores, start, low, high, decay.0, 0, isHalf: isHalf)
                    }
                }
                row &+= count
            }
            start &+= 64
        }
    }

    @inline(__always)
    private func clearState(_ a: onnxlm_attention_args, _ rows: Int) {
        var i = 0
        while i < rows {
            a.maxima[i] = -Float.infinity
            a.sums[i] = 0
            i &+= 1
        }
        i = 0
        while i < rows &* Int(a.head_size) {
            _mm256_storeu_ps(a.outputs + i, _mm256_setzero_ps())
            i &+= 8
        }
    }

    @inline(__always)
    private func position(_ a: onnxlm_attention_args, _ row: Int) -> Int {
        a.heads == 1 ? row : Int(UInt32(truncatingIfNeeded: row) / UInt32(truncatingIfNeeded: a.heads))
    }

    /// The first key of the block at `start` that a row sees, counted from the start of the block.
    @inline(__always)
    private func firstVisible(_ a: onnxlm_attention_args, _ row: Int, _ start: Int) -> Int {
        if a.window <= 0 { return 0 }
        let absolute = Int(a.first_position) &+ position(a, row)
        let low = absolute &- Int(a.window) &+ 1 &- start
        return low < 0 ? 0 : low > 64 ? 64 : low
    }

    /// One past the last key of the block at `start` that a row sees, counted from the start of the block.
    @inline(__always)
    private func lastVisible(_ a: onnxlm_attention_args, _ row: Int, _ start: Int) -> Int {
        var high = Int(a.last_key) &- start
        if high > 64 { high = 64 }
        if a.causal != 0 {
            let limit = Int(a.first_position) &+ position(a, row) &+ 1 &- start
            if limit < high { high = limit }
        }
        return high < 0 ? 0 : high
    }

    /// Turns the products of a row into weights `exp(score - maximum)`; the factor for what was summed up before.
    /// A block without any score above −infinity leaves all as it is: weights 0 and factor 1.
    @inline(__always)
    private func weighRow(
        _ a: onnxlm_attention_args, _ row: Int, _ scores: UnsafeMutablePointer<Float>, _ start: Int,
        _ low: Int,
        _ high: Int
    ) -> Float {
        let lowest = splat(-Float.infinity)
        let scale = splat(a.scale)
        let isPartial = low > 0 || high < 64
        let within = position(a, row)
        let head = row &- within &* Int(a.heads)
        var largest = lowest
        var unordered = _mm256_setzero_ps()
        var i = 0
        while i < 64 {
            var s = _mm256_mul_ps(loadFloats(scores + i), scale)
            if a.softcap > 0 {
                let cap = splat(a.softcap)
                s = _mm256_mul_ps(cap, tanh8(_mm256_div_ps(s, cap)))
            }
            if let bias = a.bias {
                let column = start &+ i
                let offset = head &* Int(a.bias_head_stride) &+ within &* Int(a.bias_position_stride)
                s = _mm256_add_ps(s, loadPart(bias + (offset &+ column), high &- i))
            }
            if isPartial {
                let present = _mm256_andnot_si256(laneMask(low &- i), laneMask(high &- i))
                s = _mm256_blendv_ps(lowest, s, _mm256_castsi256_ps(present))
            }
            _mm256_storeu_ps(scores + i, s)
            largest = _mm256_max_ps(s, largest)
            unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(s, s))
            i &+= 8
        }
        let before = a.maxima[row]
        let found = laneMaximum(largest)
        let maximum = found > before ? found : before
        if maximum == -Float.infinity && _mm256_movemask_ps(unordered) == 0 {
            i = 0
            while i < 64 {
                _mm256_storeu_ps(scores + i, _mm256_setzero_ps())
                i &+= 8
            }
            return 1
        }
        var total = _mm256_setzero_ps()
        i = 0
        while i < 64 {
            let weight = exp8(_mm256_sub_ps(loadFloats(scores + i), splat(maximum)))
            _mm256_storeu_ps(scores + i, weight)
            total = _mm256_add_ps(total, weight)
            i &+= 8
        }
        let decay = before == -Float.infinity ? 0 : _mm256_cvtss_f32(exp8(splat(before - maximum)))
        a.maxima[row] = maximum
        a.sums[row] = a.sums[row] * decay + laneTotal(total)
        return decay
    }
#endif
