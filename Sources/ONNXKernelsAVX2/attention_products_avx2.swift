// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    @inline(always)
    private func queryRow(_ a: onnxlm_attention_args, _ row: Int) -> UnsafePointer<Float> {
        let position = positionOfRow(a, row)
        let head = row &- position &* Int(a.heads)
        let offset = position &* Int(a.query_position_stride) &+ head &* Int(a.query_head_stride)
        return a.query + offset
    }

    /// Products of `count` rows (one to three, or six) with the keys `half ..< half + 32` of a block, to `scores`, 64 a
    /// row.
    @inline(always)
    func scoreRun(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ keys: UnsafeRawPointer, _ half: Int,
        _ type: Int32
    ) {
        if count == 6 {
            scoreSix(a, row, keys, half, type)
            scoreSix(a, row, keys, half &+ 16, type)
        } else if count == 3 {
            scoreThree(a, row, keys, half, type)
            scoreThree(a, row, keys, half &+ 16, type)
        } else if count == 2 {
            scoreTwo(a, row, keys, half, type)
        } else {
            scoreOne(a, row, keys, half, type)
        }
    }

    /// Two vectors of one row.
    typealias TwoVectors = (__m256, __m256)

    /// A factor times each of two vectors, added to those of a row.
    @inline(always)
    func adding(_ r: TwoVectors, _ factor: __m256, _ a: __m256, _ b: __m256) -> TwoVectors {
        (_mm256_fmadd_ps(factor, a, r.0), _mm256_fmadd_ps(factor, b, r.1))
    }

    @inline(always)
    func storeTwo(_ target: UnsafeMutablePointer<Float>, _ r: TwoVectors) {
        _mm256_storeu_ps(target, r.0)
        _mm256_storeu_ps(target + 8, r.1)
    }

    @inline(always)
    private func scoreSix(
        _ a: onnxlm_attention_args, _ row: Int, _ keys: UnsafeRawPointer, _ first: Int, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let query0 = queryRow(a, row)
        let query1 = queryRow(a, row &+ 1)
        let query2 = queryRow(a, row &+ 2)
        let query3 = queryRow(a, row &+ 3)
        let query4 = queryRow(a, row &+ 4)
        let query5 = queryRow(a, row &+ 5)
        let none = _mm256_setzero_ps()
        var r0 = (none, none)
        var r1 = (none, none)
        var r2 = (none, none)
        var r3 = (none, none)
        var r4 = (none, none)
        var r5 = (none, none)
        var index = first &* size
        var i = 0
        while i < size {
            let k0 = loadCached(keys, index, type)
            let k1 = loadCached(keys, index &+ 8, type)
            r0 = adding(r0, splat(query0[i]), k0, k1)
            r1 = adding(r1, splat(query1[i]), k0, k1)
            r2 = adding(r2, splat(query2[i]), k0, k1)
            r3 = adding(r3, splat(query3[i]), k0, k1)
            r4 = adding(r4, splat(query4[i]), k0, k1)
            r5 = adding(r5, splat(query5[i]), k0, k1)
            index &+= 16
            i &+= 1
        }
        let scores = a.scores + (row &* 64 &+ first)
        storeTwo(scores, r0)
        storeTwo(scores + 64, r1)
        storeTwo(scores + 128, r2)
        storeTwo(scores + 192, r3)
        storeTwo(scores + 256, r4)
        storeTwo(scores + 320, r5)
    }

    @inline(always)
    private func scoreThree(
        _ a: onnxlm_attention_args, _ row: Int, _ keys: UnsafeRawPointer, _ first: Int, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let query0 = queryRow(a, row)
        let query1 = queryRow(a, row &+ 1)
        let query2 = queryRow(a, row &+ 2)
        let none = _mm256_setzero_ps()
        var r0 = (none, none)
        var r1 = (none, none)
        var r2 = (none, none)
        var index = first &* size
        var i = 0
        while i < size {
            let k0 = loadCached(keys, index, type)
            let k1 = loadCached(keys, index &+ 8, type)
            r0 = adding(r0, splat(query0[i]), k0, k1)
            r1 = adding(r1, splat(query1[i]), k0, k1)
            r2 = adding(r2, splat(query2[i]), k0, k1)
            index &+= 16
            i &+= 1
        }
        let scores = a.scores + (row &* 64 &+ first)
        storeTwo(scores, r0)
        storeTwo(scores + 64, r1)
        storeTwo(scores + 128, r2)
    }

    @inline(always)
    private func scoreTwo(
        _ a: onnxlm_attention_args, _ row: Int, _ keys: UnsafeRawPointer, _ half: Int, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let query0 = queryRow(a, row)
        let query1 = queryRow(a, row &+ 1)
        var s00 = _mm256_setzero_ps()
        var s01 = s00
        var s02 = s00
        var s03 = s00
        var s10 = s00
        var s11 = s00
        var s12 = s00
        var s13 = s00
        var index = half &* size
        let distance = 16 &* size
        var i = 0
        while i < size {
            let q0 = splat(query0[i])
            let q1 = splat(query1[i])
            let k0 = loadCached(keys, index, type)
            s00 = _mm256_fmadd_ps(q0, k0, s00)
            s10 = _mm256_fmadd_ps(q1, k0, s10)
            let k1 = loadCached(keys, index &+ 8, type)
            s01 = _mm256_fmadd_ps(q0, k1, s01)
            s11 = _mm256_fmadd_ps(q1, k1, s11)
            let k2 = loadCached(keys, index &+ distance, type)
            s02 = _mm256_fmadd_ps(q0, k2, s02)
            s12 = _mm256_fmadd_ps(q1, k2, s12)
            let k3 = loadCached(keys, index &+ distance &+ 8, type)
            s03 = _mm256_fmadd_ps(q0, k3, s03)
            s13 = _mm256_fmadd_ps(q1, k3, s13)
            index &+= 16
            i &+= 1
        }
        let scores = a.scores + (row &* 64 &+ half)
        storeScores(scores, s00, s01, s02, s03)
        storeScores(scores + 64, s10, s11, s12, s13)
    }

    @inline(always)
    private func scoreOne(
        _ a: onnxlm_attention_args, _ row: Int, _ keys: UnsafeRawPointer, _ half: Int, _ type: Int32
    ) {
        let size = Int(a.head_size)
        let query = queryRow(a, row)
        var s0 = _mm256_setzero_ps()
        var s1 = s0
        var s2 = s0
        var s3 = s0
        var index = half &* size
        let distance = 16 &* size
        var i = 0
        while i < size {
            let q = splat(query[i])
            s0 = _mm256_fmadd_ps(q, loadCached(keys, index, type), s0)
            s1 = _mm256_fmadd_ps(q, loadCached(keys, index &+ 8, type), s1)
            s2 = _mm256_fmadd_ps(q, loadCached(keys, index &+ distance, type), s2)
            s3 = _mm256_fmadd_ps(q, loadCached(keys, index &+ distance &+ 8, type), s3)
            index &+= 16
            i &+= 1
        }
        storeScores(a.scores + (row &* 64 &+ half), s0, s1, s2, s3)
    }

    @inline(always)
    private func storeScores(
        _ scores: UnsafeMutablePointer<Float>, _ a: __m256, _ b: __m256, _ c: __m256, _ d: __m256
    ) {
        _mm256_storeu_ps(scores, a)
        _mm256_storeu_ps(scores + 8, b)
        _mm256_storeu_ps(scores + 16, c)
        _mm256_storeu_ps(scores + 24, d)
    }
#endif
