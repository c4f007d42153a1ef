// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // A tile adds up 32 products in two sums, of the even and of the odd ones, each in their order by fused multiply-add from
    // zero; then both to each other, and that to what was there. So do few rows.

    /// Products of the queries of few rows with the 64 keys of a block to `scores`, 64 a row.
    @inline(always)
    func multiplyKeysOfFew(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: RoundedRows, _ keys: UnsafeRawPointer
    ) {
        var row = 0
        while row < rows {
            let count = fewTogether(rows &- row)
            if count == 3 {
                multiplyKeys(a, row, 3, scratch, keys)
            } else if count == 2 {
                multiplyKeys(a, row, 2, scratch, keys)
            } else {
                multiplyKeys(a, row, 1, scratch, keys)
            }
            row &+= count
        }
    }

    /// No more rows than registers have room for the sums of.
    @inline(always)
    private func fewTogether(_ rest: Int) -> Int { rest == 4 ? 2 : rest > 3 ? 3 : rest }

    /// Two panels at a time, so that numbers of the queries serve two lines. The number of rows is a constant wherever
    /// this is called, so that what is not needed goes away.
    @inline(always)
    private func multiplyKeys(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: RoundedRows, _ keys: UnsafeRawPointer
    ) {
        let size = Int(a.head_size)
        let query = scratch.wideQueries + row &* size
        let zero = _mm512_setzero_ps()
        let none = (zero, zero)
        let panelBytes = 32 &* size
        var line = keys
        var target = a.scores + row &* 64
        var panel = 0
        while panel < 4 {
            var r0 = none
            var r1 = none
            var r2 = none
            var element = 0
            while element < size {
                var s0 = (none, none)
                var s1 = s0
                var s2 = s0
                let end = element &+ 32
                while element < end {
                    onnxlm_read_ahead(line)
                    onnxlm_read_ahead(line + panelBytes)
                    let left = loadCodes(line)
                    let right = loadCodes(line + panelBytes)
                    let first = (firstOfPairs(left), firstOfPairs(right))
                    let second = (secondOfPairs(left), secondOfPairs(right))
                    let q = query + element
                    s0 = addingPanels(s0, q, first, second)
                    if count > 1 { s1 = addingPanels(s1, q + size, first, second) }
                    if count > 2 { s2 = addingPanels(s2, q + 2 &* size, first, second) }
                    line += 64
                    element &+= 2
                }
                r0 = joinedPanels(r0, s0)
                if count > 1 { r1 = joinedPanels(r1, s1) }
                if count > 2 { r2 = joinedPanels(r2, s2) }
            }
            storePanels(r0, target)
            if count > 1 { storePanels(r1, target + 64) }
            if count > 2 { storePanels(r2, target + 128) }
            line += panelBytes
            target += 32
            panel &+= 2
        }
    }

    /// Two vectors: of one panel and of the next.
    private typealias TwoPanels = (__m512, __m512)

    /// Two numbers of a row, each times the vectors of two panels, added to the sums of even and of odd products.
    @inline(always)
    private func addingPanels(
        _ sums: (TwoPanels, TwoPanels), _ x: UnsafePointer<Float>, _ first: TwoPanels, _ second: TwoPanels
    ) -> (TwoPanels, TwoPanels) {
        let even = splat(x[0])
        let odd = splat(x[1])
        return (
            (_mm512_fmadd_ps(even, first.0, sums.0.0), _mm512_fmadd_ps(even, first.1, sums.0.1)),
            (_mm512_fmadd_ps(odd, second.0, sums.1.0), _mm512_fmadd_ps(odd, second.1, sums.1.1))
        )
    }

    @inline(always)
    private func joinedPanels(_ r: TwoPanels, _ sums: (TwoPanels, TwoPanels)) -> TwoPanels {
        (
            _mm512_add_ps(r.0, _mm512_add_ps(sums.0.0, sums.1.0)),
            _mm512_add_ps(r.1, _mm512_add_ps(sums.0.1, sums.1.1))
        )
    }

    @inline(always)
    private func storePanels(_ r: TwoPanels, _ target: UnsafeMutablePointer<Float>) {
        _mm512_storeu_ps(target, r.0)
        _mm512_storeu_ps(target + 16, r.1)
    }

    /// Adds the values of the block at `start` to the outputs of the rows from `first` up to `end`, times their weights,
    /// which are float32, 64 a row; no row reads values that it does not see.
    @inline(always)
    func addValuesOfFew(
        _ a: onnxlm_attention_args, _ first: Int, _ end: Int, _ weights: UnsafePointer<Float>, _ start: Int,
        _ values: UnsafeRawPointer
    ) {
        var row = first
        var weights = weights
        while row < end {
            // Of one position, whose rows see the same keys.
            let run = runLength(a, row, end, false)
            let count = fewTogether(run < end &- row ? run : end &- row)
            let seen = spanOfPosition(a, positionOfRow(a, row), start)
            if seen.low < seen.high {
                if count == 3 {
                    addValues(a, row, 3, weights, values, seen)
                } else if count == 2 {
                    addValues(a, row, 2, weights, values, seen)
                } else {
                    addValues(a, row, 1, weights, values, seen)
                }
            }
            row &+= count
            weights += 64 &* count
        }
    }

    /// 64 elements of the outputs at a time, then 32.
    @inline(always)
    private func addValues(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ weights: UnsafePointer<Float>,
        _ values: UnsafeRawPointer, _ seen: BlockSpan
    ) {
        let size = Int(a.head_size)
        var half = 0
        while half < 64 {
            let low = seen.low > half ? seen.low : half
            let high = seen.high < half &+ 32 ? seen.high : half &+ 32
            if low < high {
                var column = 0
                while column &+ 64 <= size {
                    addColumns(a, row, count, weights, values, low, high, column, areWide: true)
                    column &+= 64
                }
                if column < size {
                    addColumns(a, row, count, weights, values, low, high, column, areWide: false)
                }
            }
            half &+= 32
        }
    }

    /// Values of the keys `low ..< high` among 32. The first columns ask for the lines of all that follow.
    @inline(always)
    private func addColumns(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ weights: UnsafePointer<Float>,
        _ values: UnsafeRawPointer, _ low: Int, _ high: Int, _ column: Int, areWide: Bool
    ) {
        let size = Int(a.head_size)
        let stride = 4 &* size
        var r0 = PairSums()
        var r1 = r0
        var r2 = r0
        var pair = low &>> 1
        let end = (high &+ 1) &>> 1
        var line = values + (pair &* stride &+ 4 &* column)
        while pair < end {
            if column == 0 {
                var offset = 0
                while offset < stride {
                    onnxlm_read_ahead(line + offset)
                    offset &+= 64
                }
            }
            var v = (
                loadCodes(line), loadCodes(line + 64), areWide ? loadCodes(line + 128) : loadCodes(line),
                areWide ? loadCodes(line + 192) : loadCodes(line)
            )
            if 2 &* pair < low || 2 &* pair &+ 1 == high {
                let kept = 2 &* pair < low ? upperHalves() : _mm512_set1_epi32(0xFFFF)
                v = (
                    _mm512_and_si512(v.0, kept), _mm512_and_si512(v.1, kept), _mm512_and_si512(v.2, kept),
                    _mm512_and_si512(v.3, kept)
                )
            }
            let first = (firstOfPairs(v.0), firstOfPairs(v.1), firstOfPairs(v.2), firstOfPairs(v.3))
            let second = (secondOfPairs(v.0), secondOfPairs(v.1), secondOfPairs(v.2), secondOfPairs(v.3))
            let w = weights + 2 &* pair
            r0.add(w, first, second, areWide)
            if count > 1 { r1.add(w + 64, first, second, areWide) }
            if count > 2 { r2.add(w + 128, first, second, areWide) }
            line += stride
            pair &+= 1
        }
        let output = a.outputs + (row &* size &+ column)
        r0.join(output, areWide)
        if count > 1 { r1.join(output + size, areWide) }
        if count > 2 { r2.join(output + 2 &* size, areWide) }
    }

    /// The sums of the even and of the odd products of 64 elements, or of 32.
    private struct PairSums {
        private var even: FourVectors
        private var odd: FourVectors

        @inline(always)
        init() {
            let zero = _mm512_setzero_ps()
            even = (zero, zero, zero, zero)
            odd = even
        }

        @inline(always)
        mutating func add(
            _ weights: UnsafePointer<Float>, _ first: FourVectors, _ second: FourVectors, _ areWide: Bool
        ) {
            let w = (splat(weights[0]), splat(weights[1]))
            even.0 = _mm512_fmadd_ps(w.0, first.0, even.0)
            even.1 = _mm512_fmadd_ps(w.0, first.1, even.1)
            odd.0 = _mm512_fmadd_ps(w.1, second.0, odd.0)
            odd.1 = _mm512_fmadd_ps(w.1, second.1, odd.1)
            if !areWide { return }
            even.2 = _mm512_fmadd_ps(w.0, first.2, even.2)
            even.3 = _mm512_fmadd_ps(w.0, first.3, even.3)
            odd.2 = _mm512_fmadd_ps(w.1, second.2, odd.2)
            odd.3 = _mm512_fmadd_ps(w.1, second.3, odd.3)
        }

        @inline(always)
        func join(_ output: UnsafeMutablePointer<Float>, _ areWide: Bool) {
            join(output, even.0, odd.0)
            join(output + 16, even.1, odd.1)
            if !areWide { return }
            join(output + 32, even.2, odd.2)
            join(output + 48, even.3, odd.3)
        }

        @inline(always)
        private func join(_ output: UnsafeMutablePointer<Float>, _ even: __m512, _ odd: __m512) {
            _mm512_storeu_ps(output, _mm512_add_ps(_mm512_loadu_ps(output), _mm512_add_ps(even, odd)))
        }
    }
#endif
