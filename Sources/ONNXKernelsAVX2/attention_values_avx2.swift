// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// Adds the weighted values of the keys that `count` rows (one to three, or six) see to one slab of their outputs.
    @inline(always)
    func addRun(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ block: AttentionBlock, _ slab: Int,
        _ span: BlockSpan, _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        if slab &* 32 &+ 32 > Int(a.head_size) {
            var r = row
            while r < row &+ count {
                addTail(a, r, block, slab, span, decays[r], type)
                r &+= 1
            }
        } else if count == 6 {
            let first = slab &* block.slabStride
            addSix(a, row, block, slab &* 32, first, span, decays, type)
            addSix(a, row, block, slab &* 32 &+ 16, first &+ 16, span, decays, type)
        } else if count == 3 {
            let first = slab &* block.slabStride
            addThree(a, row, block, slab &* 32, first, span, decays, type)
            addThree(a, row, block, slab &* 32 &+ 16, first &+ 16, span, decays, type)
        } else if count == 2 {
            addTwo(a, row, block, slab, span, decays, type)
        } else {
            addOne(a, row, block, slab, span, decays[row], type)
        }
    }

    @inline(always)
    private func decayed(_ output: UnsafePointer<Float>, _ decay: Float) -> TwoVectors {
        let factor = splat(decay)
        return (
            _mm256_mul_ps(_mm256_loadu_ps(output), factor), _mm256_mul_ps(_mm256_loadu_ps(output + 8), factor)
        )
    }

    @inline(always)
    private func addSix(
        _ a: onnxlm_attention_args, _ row: Int, _ block: AttentionBlock, _ column: Int, _ first: Int,
        _ span: BlockSpan, _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let output = a.outputs + (row &* size &+ column)
        var r0 = decayed(output, decays[row])
        var r1 = decayed(output + 1 &* size, decays[row &+ 1])
        var r2 = decayed(output + 2 &* size, decays[row &+ 2])
        var r3 = decayed(output + 3 &* size, decays[row &+ 3])
        var r4 = decayed(output + 4 &* size, decays[row &+ 4])
        var r5 = decayed(output + 5 &* size, decays[row &+ 5])
        var index = first &+ span.low &* block.valueStride
        var weights = UnsafePointer(a.scores) + (row &* 64 &+ span.low)
        let end = weights + (span.high &- span.low)
        while weights < end {
            let v0 = loadCached(block.values, index, type)
            let v1 = loadCached(block.values, index &+ 8, type)
            r0 = adding(r0, splat(weights[0]), v0, v1)
            r1 = adding(r1, splat(weights[64]), v0, v1)
            r2 = adding(r2, splat(weights[128]), v0, v1)
            r3 = adding(r3, splat(weights[192]), v0, v1)
            r4 = adding(r4, splat(weights[256]), v0, v1)
            r5 = adding(r5, splat(weights[320]), v0, v1)
            index &+= block.valueStride
            weights += 1
        }
        storeTwo(output, r0)
        storeTwo(output + 1 &* size, r1)
        storeTwo(output + 2 &* size, r2)
        storeTwo(output + 3 &* size, r3)
        storeTwo(output + 4 &* size, r4)
        storeTwo(output + 5 &* size, r5)
    }

    @inline(always)
    private func addThree(
        _ a: onnxlm_attention_args, _ row: Int, _ block: AttentionBlock, _ column: Int, _ first: Int,
        _ span: BlockSpan, _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let output = a.outputs + (row &* size &+ column)
        var r0 = decayed(output, decays[row])
        var r1 = decayed(output + 1 &* size, decays[row &+ 1])
        var r2 = decayed(output + 2 &* size, decays[row &+ 2])
        var index = first &+ span.low &* block.valueStride
        var weights = UnsafePointer(a.scores) + (row &* 64 &+ span.low)
        let end = weights + (span.high &- span.low)
        while weights < end {
            let v0 = loadCached(block.values, index, type)
            let v1 = loadCached(block.values, index &+ 8, type)
            r0 = adding(r0, splat(weights[0]), v0, v1)
            r1 = adding(r1, splat(weights[64]), v0, v1)
            r2 = adding(r2, splat(weights[128]), v0, v1)
            index &+= block.valueStride
            weights += 1
        }
        storeTwo(output, r0)
        storeTwo(output + 1 &* size, r1)
        storeTwo(output + 2 &* size, r2)
    }

    @inline(always)
    private func addTwo(
        _ a: onnxlm_attention_args, _ row: Int, _ block: AttentionBlock, _ slab: Int, _ span: BlockSpan,
        _ decays: UnsafeMutablePointer<Float>, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let output0 = a.outputs + (row &* size &+ slab &* 32)
        let output1 = output0 + size
        let weights = a.scores + row &* 64
        let decay0 = splat(decays[row])
        let decay1 = splat(decays[row &+ 1])
        var o00 = _mm256_mul_ps(loadFloats(output0), decay0)
        var o01 = _mm256_mul_ps(loadFloats(output0 + 8), decay0)
        var o02 = _mm256_mul_ps(loadFloats(output0 + 16), decay0)
        var o03 = _mm256_mul_ps(loadFloats(output0 + 24), decay0)
        var o10 = _mm256_mul_ps(loadFloats(output1), decay1)
        var o11 = _mm256_mul_ps(loadFloats(output1 + 8), decay1)
        var o12 = _mm256_mul_ps(loadFloats(output1 + 16), decay1)
        var o13 = _mm256_mul_ps(loadFloats(output1 + 24), decay1)
        var index = slab &* block.slabStride &+ span.low &* block.valueStride
        var key = span.low
        while key < span.high {
            let w0 = splat(weights[key])
            let w1 = splat(weights[64 &+ key])
            let v0 = loadCached(block.values, index, type)
            o00 = _mm256_fmadd_ps(w0, v0, o00)
            o10 = _mm256_fmadd_ps(w1, v0, o10)
            let v1 = loadCached(block.values, index &+ 8, type)
            o01 = _mm256_fmadd_ps(w0, v1, o01)
            o11 = _mm256_fmadd_ps(w1, v1, o11)
            let v2 = loadCached(block.values, index &+ 16, type)
            o02 = _mm256_fmadd_ps(w0, v2, o02)
            o12 = _mm256_fmadd_ps(w1, v2, o12)
            let v3 = loadCached(block.values, index &+ 24, type)
            o03 = _mm256_fmadd_ps(w0, v3, o03)
            o13 = _mm256_fmadd_ps(w1, v3, o13)
            index &+= block.valueStride
            key &+= 1
        }
        storeSlab(output0, o00, o01, o02, o03)
        storeSlab(output1, o10, o11, o12, o13)
    }

    @inline(always)
    private func addOne(
        _ a: onnxlm_attention_args, _ row: Int, _ block: AttentionBlock, _ slab: Int, _ span: BlockSpan,
        _ decay: Float, _ type: Int32
    ) {
        let output = a.outputs + (row &* Int(a.head_size) &+ slab &* 32)
        let weights = a.scores + row &* 64
        let factor = splat(decay)
        var o0 = _mm256_mul_ps(loadFloats(output), factor)
        var o1 = _mm256_mul_ps(loadFloats(output + 8), factor)
        var o2 = _mm256_mul_ps(loadFloats(output + 16), factor)
        var o3 = _mm256_mul_ps(loadFloats(output + 24), factor)
        var index = slab &* block.slabStride &+ span.low &* block.valueStride
        var key = span.low
        while key < span.high {
            let weight = splat(weights[key])
            o0 = _mm256_fmadd_ps(weight, loadCached(block.values, index, type), o0)
            o1 = _mm256_fmadd_ps(weight, loadCached(block.values, index &+ 8, type), o1)
            o2 = _mm256_fmadd_ps(weight, loadCached(block.values, index &+ 16, type), o2)
            o3 = _mm256_fmadd_ps(weight, loadCached(block.values, index &+ 24, type), o3)
            index &+= block.valueStride
            key &+= 1
        }
        storeSlab(output, o0, o1, o2, o3)
    }

    /// The elements of a last slab that is not full, eight at a time.
    @inline(always)
    private func addTail(
        _ a: onnxlm_attention_args, _ row: Int, _ block: AttentionBlock, _ slab: Int, _ span: BlockSpan,
        _ decay: Float, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let weights = a.scores + row &* 64
        var i = 0
        while slab &* 32 &+ i < size {
            let output = a.outputs + (row &* size &+ slab &* 32 &+ i)
            var o = _mm256_mul_ps(loadFloats(output), splat(decay))
            var index = slab &* block.slabStride &+ i &+ span.low &* block.valueStride
            var key = span.low
            while key < span.high {
                o = _mm256_fmadd_ps(splat(weights[key]), loadCached(block.values, index, type), o)
                index &+= block.valueStride
                key &+= 1
            }
            _mm256_storeu_ps(output, o)
            i &+= 8
        }
    }

    @inline(always)
    private func storeSlab(
        _ output: UnsafeMutablePointer<Float>, _ a: __m256, _ b: __m256, _ c: __m256, _ d: __m256
    ) {
        _mm256_storeu_ps(output, a)
        _mm256_storeu_ps(output + 8, b)
        _mm256_storeu_ps(output + 16, c)
        _mm256_storeu_ps(output + 24, d)
    }
#endif
