// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// Turns a row's products with a block of keys into weights `exp(score - maximum)`; the factor for what was summed
    /// up before. With int8 values the weights take in the values' scales, once they have been added up.
    ///
    /// A block without any score above −infinity leaves all as it is: weights 0 and factor 1.
    @inline(__always)
    func weighRow(_ a: onnxlm_attention_args, _ row: Int, _ start: Int, _ span: BlockSpan, scaled: Bool)
        -> Float
    {
        let scores = a.scores + row &* 64
        let column = start &- Int(a.first_key)
        let before = a.maxima[row]
        let found = scoreMaximum(a, row, scores, start, span, scaled: scaled)
        let maximum = found.maximum > before ? found.maximum : before
        if maximum == -Float.infinity && !found.isUnordered {
            var i = 0
            while i < 64 {
                _mm256_storeu_ps(scores + i, _mm256_setzero_ps())
                i &+= 8
            }
            return 1
        }
        let subtrahend = splat(maximum)
        var total = _mm256_setzero_ps()
        var i = 0
        while i < 64 {
            var weight = exp8(_mm256_sub_ps(loadFloats(scores + i), subtrahend))
            total = _mm256_add_ps(total, weight)
            if scaled, let scales = a.value_scales {
                weight = _mm256_mul_ps(weight, loadPart(scales + (column &+ i), span.high &- i))
            }
            _mm256_storeu_ps(scores + i, weight)
            i &+= 8
        }
        let decay = before == -Float.infinity ? 0 : _mm256_cvtss_f32(exp8(splat(before - maximum)))
        a.maxima[row] = maximum
        a.sums[row] = a.sums[row] * decay + laneTotal(total)
        return decay
    }

    /// Makes scores of products, −infinity where the row does not see the key, and finds the largest.
    @inline(__always)
    private func scoreMaximum(
        _ a: onnxlm_attention_args, _ row: Int, _ scores: UnsafeMutablePointer<Float>, _ start: Int,
        _ span: BlockSpan, scaled: Bool
    ) -> (maximum: Float, isUnordered: Bool) {
        let lowest = splat(-Float.infinity)
        let scale = splat(a.scale)
        let column = start &- Int(a.first_key)
        let isPartial = span.low > 0 || span.high < 64
        var bias: UnsafePointer<Float>?
        if let base = a.bias {
            let within = positionOfRow(a, row)
            let head = row &- within &* Int(a.heads)
            let offset = head &* Int(a.bias_head_stride) &+ within &* Int(a.bias_position_stride)
            bias = base + (offset &+ start)
        }
        var largest = lowest
        var unordered = _mm256_setzero_ps()
        var i = 0
        while i < 64 {
            var s = loadFloats(scores + i)
            if scaled, let scales = a.key_scales {
                s = _mm256_mul_ps(s, loadPart(scales + (column &+ i), span.high &- i))
            }
            s = _mm256_mul_ps(s, scale)
            if a.softcap > 0 {
                let cap = splat(a.softcap)
                s = _mm256_mul_ps(cap, tanh8(_mm256_div_ps(s, cap)))
            }
            if let bias { s = _mm256_add_ps(s, loadPart(bias + i, span.high &- i)) }
            if isPartial {
                let present = _mm256_andnot_si256(laneMask(span.low &- i), laneMask(span.high &- i))
                s = _mm256_blendv_ps(lowest, s, _mm256_castsi256_ps(present))
            }
            _mm256_storeu_ps(scores + i, s)
            largest = _mm256_max_ps(s, largest)
            unordered = _mm256_or_ps(unordered, onnxlm_mm256_unordered_ps(s, s))
            i &+= 8
        }
        return (laneMaximum(largest), _mm256_movemask_ps(unordered) != 0)
    }
#endif
