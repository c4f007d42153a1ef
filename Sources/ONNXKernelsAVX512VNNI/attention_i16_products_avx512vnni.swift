// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Sums of products of `count` queries (one to four, or six) with the 64 keys of a block, exact, to `scores`, 64 a
    /// row; or, with `exponents`, the exponents of weights that they give, while they are at hand.
    @inline(always)
    func multiplyKeys(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ keyProducts: FourSums, _ manner: TileManner, _ order: ReadingOrder, _ exponents: BlockScales?
    ) {
        if count == 6 {
            multiplyRows(a, row, 6, scratch, keys, keyProducts, manner, order, exponents)
        } else if count == 3 {
            multiplyRows(a, row, 3, scratch, keys, keyProducts, manner, order, exponents)
        } else if count == 4 {
            multiplyRows(a, row, 4, scratch, keys, keyProducts, manner, order, exponents)
        } else if count == 2 {
            multiplyRows(a, row, 2, scratch, keys, keyProducts, manner, order, exponents)
        } else {
            multiplyRows(a, row, 1, scratch, keys, keyProducts, manner, order, exponents)
        }
    }

    /// The number of rows is a constant wherever this is called, so that what is not needed goes away. Few rows give
    /// sums.
    @inline(always)
    private func multiplyRows(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ keyProducts: FourSums, _ manner: TileManner, _ order: ReadingOrder, _ exponents: BlockScales?
    ) {
        if manner.areFew {
            multiplyInOrder(a, row, count, scratch.queries, keys, order)
        } else if !manner.hasCouples {
            multiplyAbreast(a, row, count, scratch, keys, exponents)
        } else if count == 6 {
            multiplyCouples(a, row, 3, scratch, keys, keyProducts, exponents)
            multiplyCouples(a, row &+ 3, 3, scratch, keys, keyProducts, exponents)
        } else {
            multiplyCouples(a, row, count, scratch, keys, keyProducts, exponents)
        }
    }

    /// The four panels of a block side by side: few loads for each product. One line a turn: of two products in turn for
    /// one sum the compiler would multiply and add the second apart.
    @inline(always)
    private func multiplyAbreast(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ exponents: BlockScales?
    ) {
        let size = Int(a.head_size)
        let pairs = size &>> 1
        let query = UnsafeRawPointer(scratch.queries + row &* size).assumingMemoryBound(to: Int32.self)
        let panel = 32 &* size
        var r0 = noSums()
        var r1 = r0
        var r2 = r0
        var r3 = r0
        var r4 = r0
        var r5 = r0
        var line = keys
        var i = 0
        while i < pairs {
            let k = loadFour(line, panel)
            let q = query + i
            r0 = addingPairs(r0, q[0], k)
            if count > 1 { r1 = addingPairs(r1, q[pairs], k) }
            if count > 2 { r2 = addingPairs(r2, q[2 &* pairs], k) }
            if count > 3 { r3 = addingPairs(r3, q[3 &* pairs], k) }
            if count > 4 { r4 = addingPairs(r4, q[4 &* pairs], k) }
            if count > 5 { r5 = addingPairs(r5, q[5 &* pairs], k) }
            line += 64
            i &+= 1
        }
        storeScores(a, row, count, r0, r1, r2, r3, exponents)
        if count > 4 { storeScores(a, row &+ 4, count &- 4, r4, r5, r5, r5, exponents) }
    }

    /// The same with couples of two lines.
    @inline(always)
    private func multiplyCouples(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ keyProducts: FourSums, _ exponents: BlockScales?
    ) {
        let size = Int(a.head_size)
        let pairs = size &>> 1
        let query = UnsafeRawPointer(scratch.queries + row &* size).assumingMemoryBound(to: Int32.self)
        let products = scratch.queryProducts + row
        var r0 = starting(keyProducts, products[0])
        var r1 = count > 1 ? starting(keyProducts, products[1]) : r0
        var r2 = count > 2 ? starting(keyProducts, products[2]) : r0
        var r3 = count > 3 ? starting(keyProducts, products[3]) : r0
        let panel = 32 &* size
        var line = keys
        var i = 0
        while i < pairs {
            let even = loadFour(line, panel)
            let odd = loadFour(line + 64, panel)
            let q = query + i
            r0 = addingCouple(r0, q[0], q[1], even, odd)
            if count > 1 { r1 = addingCouple(r1, q[pairs], q[pairs &+ 1], even, odd) }
            if count > 2 { r2 = addingCouple(r2, q[2 &* pairs], q[2 &* pairs &+ 1], even, odd) }
            if count > 3 { r3 = addingCouple(r3, q[3 &* pairs], q[3 &* pairs &+ 1], even, odd) }
            line += 128
            i &+= 2
        }
        storeScores(a, row, count, r0, r1, r2, r3, exponents)
    }

    /// Stores sums of up to four rows, or the exponents that they give.
    @inline(always)
    private func storeScores(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ r0: FourSums, _ r1: FourSums, _ r2: FourSums,
        _ r3: FourSums, _ exponents: BlockScales?
    ) {
        if let exponents {
            exponents.store(a, row, r0)
            if count > 1 { exponents.store(a, row &+ 1, r1) }
            if count > 2 { exponents.store(a, row &+ 2, r2) }
            if count > 3 { exponents.store(a, row &+ 3, r3) }
            return
        }
        let scores = a.scores + row &* 64
        storeSums(scores, r0)
        if count > 1 { storeSums(scores + 64, r1) }
        if count > 2 { storeSums(scores + 128, r2) }
        if count > 3 { storeSums(scores + 192, r3) }
    }

    /// One panel after the other, so that memory is read in its order, as far as a row sees keys; two sums for each row, of
    /// even and of odd lines.
    @inline(always)
    private func multiplyInOrder(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ queries: UnsafePointer<Int16>,
        _ keys: UnsafeRawPointer, _ order: ReadingOrder
    ) {
        let size = Int(a.head_size)
        let pairs = size &>> 1
        let query = UnsafeRawPointer(queries + row &* size).assumingMemoryBound(to: Int32.self)
        var stream = order.keys
        var line = keys
        var target = a.scores + row &* 64
        var panel = 0
        while panel < order.panels {
            let none = _mm512_setzero_si512()
            var r0 = (none, none)
            var r1 = r0
            var r2 = r0
            var r3 = r0
            var r4 = r0
            var r5 = r0
            var i = 0
            while i < pairs {
                stream.readAhead(line, lines: 2)
                let k = (loadCodes(line), loadCodes(line + 64))
                let q = query + i
                r0 = addingLines(r0, q, k)
                if count > 1 { r1 = addingLines(r1, q + pairs, k) }
                if count > 2 { r2 = addingLines(r2, q + 2 &* pairs, k) }
                if count > 3 { r3 = addingLines(r3, q + 3 &* pairs, k) }
                if count > 4 { r4 = addingLines(r4, q + 4 &* pairs, k) }
                if count > 5 { r5 = addingLines(r5, q + 5 &* pairs, k) }
                line += 128
                i &+= 2
            }
            storeLines(target, r0)
            if count > 1 { storeLines(target + 64, r1) }
            if count > 2 { storeLines(target + 128, r2) }
            if count > 3 { storeLines(target + 192, r3) }
            if count > 4 { storeLines(target + 256, r4) }
            if count > 5 { storeLines(target + 320, r5) }
            target += 16
            panel &+= 1
        }
    }

    /// Two pairs of codes times two lines of a panel.
    @inline(always)
    private func addingLines(
        _ r: (__m512i, __m512i), _ pairs: UnsafePointer<Int32>, _ k: (__m512i, __m512i)
    ) -> (__m512i, __m512i) {
        (
            _mm512_dpwssd_epi32(r.0, k.0, _mm512_set1_epi32(pairs[0])),
            _mm512_dpwssd_epi32(r.1, k.1, _mm512_set1_epi32(pairs[1]))
        )
    }

    @inline(always)
    private func storeLines(_ target: UnsafeMutablePointer<Float>, _ r: (__m512i, __m512i)) {
        _mm512_storeu_si512(target, _mm512_add_epi32(r.0, r.1))
    }

    /// Four vectors of integers.
    typealias FourSums = (__m512i, __m512i, __m512i, __m512i)

    @inline(always)
    func noSums() -> FourSums {
        let none = _mm512_setzero_si512()
        return (none, none, none, none)
    }

    @inline(always)
    func loadCodes(_ address: UnsafeRawPointer) -> __m512i { _mm512_loadu_si512(address) }

    /// Four vectors, each `stride` bytes after the one before.
    @inline(always)
    func loadFour(_ address: UnsafeRawPointer, _ stride: Int = 64) -> FourSums {
        (
            loadCodes(address), loadCodes(address + stride), loadCodes(address + stride &* 2),
            loadCodes(address + stride &* 3)
        )
    }

    /// A pair of codes, in every lane, times the pairs of four vectors.
    @inline(always)
    func addingPairs(_ r: FourSums, _ pair: Int32, _ k: FourSums) -> FourSums {
        let factor = _mm512_set1_epi32(pair)
        return (
            _mm512_dpwssd_epi32(r.0, k.0, factor), _mm512_dpwssd_epi32(r.1, k.1, factor),
            _mm512_dpwssd_epi32(r.2, k.2, factor), _mm512_dpwssd_epi32(r.3, k.3, factor)
        )
    }

    @inline(always)
    func storeSums(_ target: UnsafeMutablePointer<Float>, _ r: FourSums) {
        _mm512_storeu_si512(target, r.0)
        _mm512_storeu_si512(target + 16, r.1)
        _mm512_storeu_si512(target + 32, r.2)
        _mm512_storeu_si512(target + 48, r.3)
    }
#endif
