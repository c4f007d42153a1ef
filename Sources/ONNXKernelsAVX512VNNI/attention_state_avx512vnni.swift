// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Merges the state of a later range, sixteen rows' exponentials at a time; see `onnxlm_attention_merge_args`.
    @c(onnxlm_attention_merge_f32_avx512vnni)
    package func attention_merge_f32_avx512vnni(_ args: UnsafePointer<onnxlm_attention_merge_args>) {
        let a = args.pointee
        let rows = Int(a.rows)
        var row = 0
        while row < rows {
            let lanes = firstLanes(rows &- row)
            let earlier = _mm512_maskz_loadu_ps(lanes, a.maxima + row)
            let later = _mm512_maskz_loadu_ps(lanes, a.later_maxima + row)
            let sums = _mm512_maskz_loadu_ps(lanes, a.sums + row)
            let laterSums = _mm512_maskz_loadu_ps(lanes, a.later_sums + row)
            // Where the later range saw nothing the state stays as it is; where nothing came before, that is nothing.
            let isSeen = onnxlm_mm512_unequal_ps(laterSums, splat(0))
            let hadSum = onnxlm_mm512_unequal_ps(sums, splat(0))
            let larger = _mm512_max_ps(earlier, later)
            let decays = _mm512_mask_mov_ps(
                splat(1), isSeen, _mm512_maskz_mov_ps(hadSum, exp16(_mm512_sub_ps(earlier, larger))))
            let weights = _mm512_maskz_mov_ps(isSeen, exp16(_mm512_sub_ps(later, larger)))
            _mm512_mask_storeu_ps(a.maxima + row, lanes & isSeen, larger)
            let joined = _mm512_fmadd_ps(laterSums, weights, _mm512_mul_ps(sums, decays))
            _mm512_mask_storeu_ps(a.sums + row, lanes & isSeen, joined)
            var lane = 0
            while lane < 16 && row &+ lane < rows {
                if isSeen &>> UInt16(truncatingIfNeeded: lane) & 1 != 0 {
                    mergeOutputs(a, row &+ lane, lane, decays, weights)
                }
                lane &+= 1
            }
            row &+= 16
        }
    }

    @inline(always)
    private func mergeOutputs(
        _ a: onnxlm_attention_merge_args, _ row: Int, _ lane: Int, _ decays: __m512, _ weights: __m512
    ) {
        let size = Int(a.head_size)
        let index = _mm512_set1_epi32(Int32(truncatingIfNeeded: lane))
        let decay = _mm512_permutexvar_ps(index, decays)
        let weight = _mm512_permutexvar_ps(index, weights)
        let outputs = a.outputs + row &* size
        let later = a.later_outputs + row &* size
        var i = 0
        while i < size {
            let part = firstLanes(size &- i)
            let kept = _mm512_mul_ps(_mm512_maskz_loadu_ps(part, outputs + i), decay)
            _mm512_mask_storeu_ps(
                outputs + i, part, _mm512_fmadd_ps(_mm512_maskz_loadu_ps(part, later + i), weight, kept))
            i &+= 16
        }
    }

    /// Divides by the sums; see `onnxlm_attention_finish_args`.
    @c(onnxlm_attention_finish_f32_avx512vnni)
    package func attention_finish_f32_avx512vnni(_ args: UnsafePointer<onnxlm_attention_finish_args>) {
        let a = args.pointee
        let size = Int(a.head_size)
        var row = 0
        var position = 0
        while position < Int(a.positions) {
            var head = 0
            while head < Int(a.heads) {
                let y = a.y + (position &* Int(a.y_position_stride) &+ head &* Int(a.y_head_stride))
                let outputs = a.outputs + row &* size
                let divisor = splat(a.sums[row])
                let isSeen = onnxlm_mm512_unequal_ps(divisor, splat(0))
                var i = 0
                while i < size {
                    let part = firstLanes(size &- i)
                    let quotient = _mm512_div_ps(_mm512_maskz_loadu_ps(part, outputs + i), divisor)
                    _mm512_mask_storeu_ps(y + i, part, _mm512_maskz_mov_ps(isSeen, quotient))
                    i &+= 16
                }
                row &+= 1
                head &+= 1
            }
            position &+= 1
        }
    }
#endif
