// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Adds the weighted values of the keys that `count` rows (one to four, or six) see to their outputs.
    @inline(always)
    func addRun(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ block: AttentionBlock, _ span: BlockSpan,
        _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        if count == 6 {
            addRows(a, row, 6, block, span, decays, type)
        } else if count == 3 {
            addRows(a, row, 3, block, span, decays, type)
        } else if count == 4 {
            addRows(a, row, 4, block, span, decays, type)
        } else if count == 2 {
            addRows(a, row, 2, block, span, decays, type)
        } else {
            addRows(a, row, 1, block, span, decays, type)
        }
    }

    /// 64 elements of the outputs at a time, then 16, then 8. The number of rows is a constant wherever this is
    /// called, so that what is not needed goes away.
    @inline(always)
    private func addRows(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ block: AttentionBlock, _ span: BlockSpan,
        _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let first = a.outputs + row &* size
        let weights = a.scores + row &* 64
        let decays = decays + row
        var column = 0
        while column &+ 64 <= size {
            let output = first + column
            var r0 = decayed(output, decays[0])
            var r1 = count > 1 ? decayed(output + 1 &* size, decays[1]) : r0
            var r2 = count > 2 ? decayed(output + 2 &* size, decays[2]) : r0
            var r3 = count > 3 ? decayed(output + 3 &* size, decays[3]) : r0
            var r4 = count > 4 ? decayed(output + 4 &* size, decays[4]) : r0
            var r5 = count > 5 ? decayed(output + 5 &* size, decays[5]) : r0
            var index = span.low &* block.valueStride &+ column
            var key = span.low
            while key < span.high {
                let v0 = loadCached(block.values, index, type)
                let v1 = loadCached(block.values, index &+ 16, type)
                let v2 = loadCached(block.values, index &+ 32, type)
                let v3 = loadCached(block.values, index &+ 48, type)
                let w = weights + key
                r0 = adding(r0, splat(w[0]), v0, v1, v2, v3)
                if count > 1 { r1 = adding(r1, splat(w[64]), v0, v1, v2, v3) }
                if count > 2 { r2 = adding(r2, splat(w[128]), v0, v1, v2, v3) }
                if count > 3 { r3 = adding(r3, splat(w[192]), v0, v1, v2, v3) }
                if count > 4 { r4 = adding(r4, splat(w[256]), v0, v1, v2, v3) }
                if count > 5 { r5 = adding(r5, splat(w[320]), v0, v1, v2, v3) }
                index &+= block.valueStride
                key &+= 1
            }
            storeFour(output, r0)
            if count > 1 { storeFour(output + 1 &* size, r1) }
            if count > 2 { storeFour(output + 2 &* size, r2) }
            if count > 3 { storeFour(output + 3 &* size, r3) }
            if count > 4 { storeFour(output + 4 &* size, r4) }
            if count > 5 { storeFour(output + 5 &* size, r5) }
            column &+= 64
        }
        while column < size {
            addNarrow(a, row, count, block, span, decays, column, type)
            column &+= 16
        }
    }

    @inline(always)
    private func decayed(_ output: UnsafePointer<Float>, _ decay: Float) -> FourVectors {
        let factor = splat(decay)
        return (
            _mm512_mul_ps(_mm512_loadu_ps(output), factor),
            _mm512_mul_ps(_mm512_loadu_ps(output + 16), factor),
            _mm512_mul_ps(_mm512_loadu_ps(output + 32), factor),
            _mm512_mul_ps(_mm512_loadu_ps(output + 48), factor)
        )
    }

    /// 16 elements of each row's output from `column` on, or the last 8.
    @inline(always)
    private func addNarrow(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ block: AttentionBlock, _ span: BlockSpan,
        _ decays: UnsafePointer<Float>, _ column: Int, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let mask: UInt16 = size &- column >= 16 ? 0xFFFF : 0xFF
        let isHalf = size &- column < 16
        let output = a.outputs + (row &* size &+ column)
        let weights = a.scores + row &* 64
        var r0 = decayedPart(output, decays[0], mask)
        var r1 = count > 1 ? decayedPart(output + 1 &* size, decays[1], mask) : r0
        var r2 = count > 2 ? decayedPart(output + 2 &* size, decays[2], mask) : r0
        var r3 = count > 3 ? decayedPart(output + 3 &* size, decays[3], mask) : r0
        var r4 = count > 4 ? decayedPart(output + 4 &* size, decays[4], mask) : r0
        var r5 = count > 5 ? decayedPart(output + 5 &* size, decays[5], mask) : r0
        var index = span.low &* block.valueStride &+ column
        var key = span.low
        while key < span.high {
            let v = isHalf ? loadCachedHalf(block.values, index, type) : loadCached(block.values, index, type)
            let w = weights + key
            r0 = _mm512_fmadd_ps(splat(w[0]), v, r0)
            if count > 1 { r1 = _mm512_fmadd_ps(splat(w[64]), v, r1) }
            if count > 2 { r2 = _mm512_fmadd_ps(splat(w[128]), v, r2) }
            if count > 3 { r3 = _mm512_fmadd_ps(splat(w[192]), v, r3) }
            if count > 4 { r4 = _mm512_fmadd_ps(splat(w[256]), v, r4) }
            if count > 5 { r5 = _mm512_fmadd_ps(splat(w[320]), v, r5) }
            index &+= block.valueStride
            key &+= 1
        }
        _mm512_mask_storeu_ps(output, mask, r0)
        if count > 1 { _mm512_mask_storeu_ps(output + 1 &* size, mask, r1) }
        if count > 2 { _mm512_mask_storeu_ps(output + 2 &* size, mask, r2) }
        if count > 3 { _mm512_mask_storeu_ps(output + 3 &* size, mask, r3) }
        if count > 4 { _mm512_mask_storeu_ps(output + 4 &* size, mask, r4) }
        if count > 5 { _mm512_mask_storeu_ps(output + 5 &* size, mask, r5) }
    }

    @inline(always)
    private func decayedPart(_ output: UnsafePointer<Float>, _ decay: Float, _ mask: UInt16) -> __m512 {
        _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, output), splat(decay))
    }
#endif
