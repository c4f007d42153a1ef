// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Adds the weighted values of a block to the outputs of `count` rows (one to four, or six). Pairs of keys outside
    /// `low ..< high` are left out; the weights of those that a row does not see are 0.
    @inline(always)
    func addCodedValues(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows,
        _ values: UnsafeRawPointer, _ low: Int, _ high: Int, _ manner: TileManner, _ stream: BlockStream,
        isWhole: Bool
    ) {
        let pairs = BlockSpan(low: low &>> 1, high: (high &+ 1) &>> 1)
        let isWide = manner.areFew && a.head_size >= 128
        let hasCouples = isWhole && manner.hasCouples
        if count == 6 && isWide {
            addCodedRows(a, row, 3, scratch, values, pairs, stream, isWide: true, hasCouples: false)
            addCodedRows(a, row &+ 3, 3, scratch, values, pairs, stream, isWide: true, hasCouples: false)
        } else if count == 4 && isWide {
            addCodedRows(a, row, 2, scratch, values, pairs, stream, isWide: true, hasCouples: false)
            addCodedRows(a, row &+ 2, 2, scratch, values, pairs, stream, isWide: true, hasCouples: false)
        } else if count == 6 {
            addCodedRows(a, row, 6, scratch, values, pairs, stream, isWide: false, hasCouples: hasCouples)
        } else if count == 3 {
            addCodedRows(a, row, 3, scratch, values, pairs, stream, isWide: isWide, hasCouples: hasCouples)
        } else if count == 4 {
            addCodedRows(a, row, 4, scratch, values, pairs, stream, isWide: false, hasCouples: hasCouples)
        } else if count == 2 {
            addCodedRows(a, row, 2, scratch, values, pairs, stream, isWide: isWide, hasCouples: hasCouples)
        } else {
            addCodedRows(a, row, 1, scratch, values, pairs, stream, isWide: isWide, hasCouples: hasCouples)
        }
    }

    /// 64 elements of the outputs at a time, then 16, then 8. The number of rows is a constant wherever this is
    /// called, so that what is not needed goes away.
    @inline(always)
    private func addCodedRows(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows,
        _ values: UnsafeRawPointer, _ pairs: BlockSpan, _ first: BlockStream, isWide: Bool,
        hasCouples: Bool
    ) {
        let size = Int(a.head_size)
        let weights = UnsafeRawPointer(a.scores + row &* 64).assumingMemoryBound(to: Int32.self)
        let stride = 4 &* size
        var stream = first
        var column = 0
        while isWide && column &+ 128 <= size {
            addWide(a, row, count, scratch, values, pairs, column, &stream)
            column &+= 128
        }
        while hasCouples && column &+ 64 <= size {
            if count == 6 {
                addCouples(a, row, 3, scratch, values, column)
                addCouples(a, row &+ 3, 3, scratch, values, column)
            } else {
                addCouples(a, row, count, scratch, values, column)
            }
            column &+= 64
        }
        while column &+ 64 <= size {
            var r0 = noSums()
            var r1 = noSums()
            var r2 = noSums()
            var r3 = noSums()
            var r4 = noSums()
            var r5 = noSums()
            var line = values + (pairs.low &* stride &+ column &* 4)
            var pair = pairs.low
            while pair < pairs.high {
                stream.readAhead(line, lines: 4)
                let v = loadFour(line)
                let w = weights + pair
                r0 = addingPairs(r0, w[0], v)
                if count > 1 { r1 = addingPairs(r1, w[64], v) }
                if count > 2 { r2 = addingPairs(r2, w[128], v) }
                if count > 3 { r3 = addingPairs(r3, w[192], v) }
                if count > 4 { r4 = addingPairs(r4, w[256], v) }
                if count > 5 { r5 = addingPairs(r5, w[320], v) }
                line += stride
                pair &+= 1
            }
            addSums(a, row, count, scratch, column, r0, r1, r2, r3)
            if count > 4 { addSums(a, row &+ 4, count &- 4, scratch, column, r4, r5, r5, r5) }
            column &+= 64
        }
        while column < size {
            addNarrow(a, row, count, scratch, values, pairs, column)
            column &+= 16
        }
    }

    /// 64 elements of the outputs of up to four rows that see the whole block, among many: the pairs of two lines make
    /// couples.
    @inline(always)
    private func addCouples(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows,
        _ values: UnsafeRawPointer, _ column: Int
    ) {
        let weights = UnsafeRawPointer(a.scores + row &* 64).assumingMemoryBound(to: Int32.self)
        let products = scratch.weightProducts + row
        let stride = 4 &* Int(a.head_size)
        let valueProducts = loadFour(UnsafeRawPointer(scratch.valueProducts + column))
        var r0 = starting(valueProducts, products[0])
        var r1 = count > 1 ? starting(valueProducts, products[1]) : r0
        var r2 = count > 2 ? starting(valueProducts, products[2]) : r0
        var r3 = count > 3 ? starting(valueProducts, products[3]) : r0
        var line = values + column &* 4
        var pair = 0
        while pair < 32 {
            let even = loadFour(line)
            let odd = loadFour(line + stride)
            let w = weights + pair
            r0 = addingCouple(r0, w[0], w[1], even, odd)
            if count > 1 { r1 = addingCouple(r1, w[64], w[65], even, odd) }
            if count > 2 { r2 = addingCouple(r2, w[128], w[129], even, odd) }
            if count > 3 { r3 = addingCouple(r3, w[192], w[193], even, odd) }
            line += 2 &* stride
            pair &+= 2
        }
        addSums(a, row, count, scratch, column, r0, r1, r2, r3)
    }

    /// 128 elements of the outputs of up to three rows, so that a line of values is read with its neighbours.
    @inline(always)
    private func addWide(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows,
        _ values: UnsafeRawPointer, _ pairs: BlockSpan, _ column: Int, _ stream: inout BlockStream
    ) {
        let size = Int(a.head_size)
        let weights = UnsafeRawPointer(a.scores + row &* 64).assumingMemoryBound(to: Int32.self)
        let stride = 4 &* size
        var low0 = noSums()
        var low1 = noSums()
        var low2 = noSums()
        var high0 = noSums()
        var high1 = noSums()
        var high2 = noSums()
        var line = values + (pairs.low &* stride &+ column &* 4)
        var pair = pairs.low
        while pair < pairs.high {
            let w = weights + pair
            stream.readAhead(line, lines: 8)
            let v = loadFour(line)
            low0 = addingPairs(low0, w[0], v)
            if count > 1 { low1 = addingPairs(low1, w[64], v) }
            if count > 2 { low2 = addingPairs(low2, w[128], v) }
            let u = loadFour(line + 256)
            high0 = addingPairs(high0, w[0], u)
            if count > 1 { high1 = addingPairs(high1, w[64], u) }
            if count > 2 { high2 = addingPairs(high2, w[128], u) }
            line += stride
            pair &+= 1
        }
        addSums(a, row, count, scratch, column, low0, low1, low2, low2)
        addSums(a, row, count, scratch, column &+ 64, high0, high1, high2, high2)
    }

    /// Adds the sums of 64 elements of up to four rows to their outputs.
    @inline(always)
    private func addSums(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ column: Int,
        _ r0: FourSums, _ r1: FourSums, _ r2: FourSums, _ r3: FourSums
    ) {
        let size = Int(a.head_size)
        let output = a.outputs + (row &* size &+ column)
        let decays = scratch.decays + row
        let scales = scratch.weightScales + row
        addSums(output, r0, decays[0], scales[0])
        if count > 1 { addSums(output + size, r1, decays[1], scales[1]) }
        if count > 2 { addSums(output + 2 &* size, r2, decays[2], scales[2]) }
        if count > 3 { addSums(output + 3 &* size, r3, decays[3], scales[3]) }
    }

    /// The same of one row.
    @inline(always)
    func addSums(
        _ output: UnsafeMutablePointer<Float>, _ r: FourSums, _ decay: Float, _ scale: Float
    ) {
        let decays = splat(decay)
        let scales = splat(scale)
        _mm512_storeu_ps(output, joined(_mm512_loadu_ps(output), r.0, decays, scales))
        _mm512_storeu_ps(output + 16, joined(_mm512_loadu_ps(output + 16), r.1, decays, scales))
        _mm512_storeu_ps(output + 32, joined(_mm512_loadu_ps(output + 32), r.2, decays, scales))
        _mm512_storeu_ps(output + 48, joined(_mm512_loadu_ps(output + 48), r.3, decays, scales))
    }

    /// What was there, decayed, and the sums.
    @inline(always)
    private func joined(_ output: __m512, _ sums: __m512i, _ decays: __m512, _ scales: __m512) -> __m512 {
        _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), scales, _mm512_mul_ps(output, decays))
    }

    /// 16 elements of each row's output from `column` on, or the last 8.
    @inline(always)
    private func addNarrow(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows,
        _ values: UnsafeRawPointer, _ pairs: BlockSpan, _ column: Int
    ) {
        let size = Int(a.head_size)
        let mask = partMask(size &- column)
        let weights = UnsafeRawPointer(a.scores + row &* 64).assumingMemoryBound(to: Int32.self)
        let stride = 4 &* size
        var r0 = _mm512_setzero_si512()
        var r1 = r0
        var r2 = r0
        var r3 = r0
        var r4 = r0
        var r5 = r0
        var line = values + (pairs.low &* stride &+ column &* 4)
        var pair = pairs.low
        while pair < pairs.high {
            let v = _mm512_maskz_loadu_epi32(mask, line)
            let w = weights + pair
            r0 = _mm512_dpwssd_epi32(r0, v, _mm512_set1_epi32(w[0]))
            if count > 1 { r1 = _mm512_dpwssd_epi32(r1, v, _mm512_set1_epi32(w[64])) }
            if count > 2 { r2 = _mm512_dpwssd_epi32(r2, v, _mm512_set1_epi32(w[128])) }
            if count > 3 { r3 = _mm512_dpwssd_epi32(r3, v, _mm512_set1_epi32(w[192])) }
            if count > 4 { r4 = _mm512_dpwssd_epi32(r4, v, _mm512_set1_epi32(w[256])) }
            if count > 5 { r5 = _mm512_dpwssd_epi32(r5, v, _mm512_set1_epi32(w[320])) }
            line += stride
            pair &+= 1
        }
        let output = a.outputs + (row &* size &+ column)
        let decays = scratch.decays + row
        let scales = scratch.weightScales + row
        addNarrow(output, r0, mask, decays[0], scales[0])
        if count > 1 { addNarrow(output + size, r1, mask, decays[1], scales[1]) }
        if count > 2 { addNarrow(output + 2 &* size, r2, mask, decays[2], scales[2]) }
        if count > 3 { addNarrow(output + 3 &* size, r3, mask, decays[3], scales[3]) }
        if count > 4 { addNarrow(output + 4 &* size, r4, mask, decays[4], scales[4]) }
        if count > 5 { addNarrow(output + 5 &* size, r5, mask, decays[5], scales[5]) }
    }

    @inline(always)
    func addNarrow(
        _ output: UnsafeMutablePointer<Float>, _ sums: __m512i, _ mask: UInt16, _ decay: Float, _ scale: Float
    ) {
        let result = joined(_mm512_maskz_loadu_ps(mask, output), sums, splat(decay), splat(scale))
        _mm512_mask_storeu_ps(output, mask, result)
    }
#endif
