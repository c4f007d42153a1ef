// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    @inline(always)
    func queryRow(_ a: onnxlm_attention_args, _ row: Int) -> UnsafePointer<Float> {
        let position = positionOfRow(a, row)
        let head = row &- position &* Int(a.heads)
        let offset = position &* Int(a.query_position_stride) &+ head &* Int(a.query_head_stride)
        return a.query + offset
    }

    /// The queries of `count` rows; the first one's in the places beyond.
    @inline(always)
    private func queryRows(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int
    ) -> (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>,
        UnsafePointer<Float>, UnsafePointer<Float>
    ) {
        let first = queryRow(a, row)
        return (
            first, count > 1 ? queryRow(a, row &+ 1) : first, count > 2 ? queryRow(a, row &+ 2) : first,
            count > 3 ? queryRow(a, row &+ 3) : first, count > 4 ? queryRow(a, row &+ 4) : first,
            count > 5 ? queryRow(a, row &+ 5) : first
        )
    }

    /// Products of `count` rows (one to four, or six) with the 64 keys of a block, to `scores`, 64 a row.
    @inline(always)
    func scoreRun(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ keys: UnsafeRawPointer, _ type: Int32
    ) {
        if count == 6 {
            scoreRows(a, row, 6, keys, type)
        } else if count == 3 {
            scoreRows(a, row, 3, keys, type)
        } else if count == 4 {
            scoreRows(a, row, 4, keys, type)
        } else if count == 2 {
            scoreRows(a, row, 2, keys, type)
        } else {
            scoreRows(a, row, 1, keys, type)
        }
    }

    /// The number of rows and the type are constants wherever this is called, so that what is not needed goes away.
    ///
    /// float32 is near: what a widened block holds. Other types come from memory as it is.
    @inline(always)
    private func scoreRows(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ keys: UnsafeRawPointer, _ type: Int32
    ) {
        if type == ONNXLM_CACHE_F32 {
            scoreAbreast(a, row, count, keys, type)
        } else {
            scoreInOrder(a, row, count, keys, type)
        }
    }

    /// One panel after the other, so that memory is read in its order, which the processor sees and reads ahead.
    @inline(always)
    private func scoreInOrder(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ keys: UnsafeRawPointer, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let queries = queryRows(a, row, count)
        var scores = a.scores + row &* 64
        var index = 0
        var panel = 0
        while panel < 4 {
            var r0 = _mm512_setzero_ps()
            var r1 = r0
            var r2 = r0
            var r3 = r0
            var r4 = r0
            var r5 = r0
            var i = 0
            while i < size {
                let k = loadCached(keys, index, type)
                r0 = _mm512_fmadd_ps(splat(queries.0[i]), k, r0)
                if count > 1 { r1 = _mm512_fmadd_ps(splat(queries.1[i]), k, r1) }
                if count > 2 { r2 = _mm512_fmadd_ps(splat(queries.2[i]), k, r2) }
                if count > 3 { r3 = _mm512_fmadd_ps(splat(queries.3[i]), k, r3) }
                if count > 4 { r4 = _mm512_fmadd_ps(splat(queries.4[i]), k, r4) }
                if count > 5 { r5 = _mm512_fmadd_ps(splat(queries.5[i]), k, r5) }
                index &+= 16
                i &+= 1
            }
            _mm512_storeu_ps(scores, r0)
            if count > 1 { _mm512_storeu_ps(scores + 64, r1) }
            if count > 2 { _mm512_storeu_ps(scores + 128, r2) }
            if count > 3 { _mm512_storeu_ps(scores + 192, r3) }
            if count > 4 { _mm512_storeu_ps(scores + 256, r4) }
            if count > 5 { _mm512_storeu_ps(scores + 320, r5) }
            scores += 16
            panel &+= 1
        }
    }

    /// The four panels of a block side by side: few loads for each product.
    @inline(always)
    private func scoreAbreast(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ keys: UnsafeRawPointer, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let queries = queryRows(a, row, count)
        let none = _mm512_setzero_ps()
        var r0 = (none, none, none, none)
        var r1 = (none, none, none, none)
        var r2 = (none, none, none, none)
        var r3 = (none, none, none, none)
        var r4 = (none, none, none, none)
        var r5 = (none, none, none, none)
        let panel = 16 &* size
        var index = 0
        var i = 0
        while i < size {
            let k0 = loadCached(keys, index, type)
            let k1 = loadCached(keys, index &+ panel, type)
            let k2 = loadCached(keys, index &+ panel &* 2, type)
            let k3 = loadCached(keys, index &+ panel &* 3, type)
            r0 = adding(r0, splat(queries.0[i]), k0, k1, k2, k3)
            if count > 1 { r1 = adding(r1, splat(queries.1[i]), k0, k1, k2, k3) }
            if count > 2 { r2 = adding(r2, splat(queries.2[i]), k0, k1, k2, k3) }
            if count > 3 { r3 = adding(r3, splat(queries.3[i]), k0, k1, k2, k3) }
            if count > 4 { r4 = adding(r4, splat(queries.4[i]), k0, k1, k2, k3) }
            if count > 5 { r5 = adding(r5, splat(queries.5[i]), k0, k1, k2, k3) }
            index &+= 16
            i &+= 1
        }
        let scores = a.scores + row &* 64
        storeFour(scores, r0)
        if count > 1 { storeFour(scores + 64, r1) }
        if count > 2 { storeFour(scores + 128, r2) }
        if count > 3 { storeFour(scores + 192, r3) }
        if count > 4 { storeFour(scores + 256, r4) }
        if count > 5 { storeFour(scores + 320, r5) }
    }

    /// Four vectors of one row.
    typealias FourVectors = (__m512, __m512, __m512, __m512)

    @inline(always)
    func splat(_ value: Float) -> __m512 { _mm512_set1_ps(value) }

    /// A factor times each of four vectors, added to those of a row.
    @inline(always)
    func adding(_ r: FourVectors, _ factor: __m512, _ a: __m512, _ b: __m512, _ c: __m512, _ d: __m512)
        -> FourVectors
    {
        (
            _mm512_fmadd_ps(factor, a, r.0), _mm512_fmadd_ps(factor, b, r.1),
            _mm512_fmadd_ps(factor, c, r.2), _mm512_fmadd_ps(factor, d, r.3)
        )
    }

    @inline(always)
    func storeFour(_ target: UnsafeMutablePointer<Float>, _ r: FourVectors) {
        _mm512_storeu_ps(target, r.0)
        _mm512_storeu_ps(target + 16, r.1)
        _mm512_storeu_ps(target + 32, r.2)
        _mm512_storeu_ps(target + 48, r.3)
    }
#endif
