// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// The same lanes of four rows.
    typealias Four = (__m512i, __m512i, __m512i, __m512i)

    /// Zero points times the sums of four rows: where the sum of a block begins.
    @inline(__always)
    func correction(_ negatedZero: __m512i, _ sums: UnsafePointer<Int32>) -> Four {
        let none = _mm512_setzero_si512()
        let p0 = _mm512_dpwssd_epi32(none, negatedZero, _mm512_set1_epi32(sums[0]))
        let p1 = _mm512_dpwssd_epi32(none, negatedZero, _mm512_set1_epi32(sums[1]))
        let p2 = _mm512_dpwssd_epi32(none, negatedZero, _mm512_set1_epi32(sums[2]))
        let p3 = _mm512_dpwssd_epi32(none, negatedZero, _mm512_set1_epi32(sums[3]))
        return (p0, p1, p2, p3)
    }

    /// Adds unsigned weights times a quad of activations of each row.
    @inline(__always)
    func adding(_ p: Four, _ weights: __m512i, _ values: UnsafeRawPointer) -> Four {
        let p0 = _mm512_dpbusd_epi32(p.0, weights, broadcastQuad(values, 0))
        let p1 = _mm512_dpbusd_epi32(p.1, weights, broadcastQuad(values, 4))
        let p2 = _mm512_dpbusd_epi32(p.2, weights, broadcastQuad(values, 8))
        let p3 = _mm512_dpbusd_epi32(p.3, weights, broadcastQuad(values, 12))
        return (p0, p1, p2, p3)
    }

    /// Stores a tile of four rows and sixteen columns, or what of it exists.
    @inline(__always)
    func storeRows(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, _ hasSecond: Bool, _ f0: __m512, _ f1: __m512,
        _ f2: __m512, _ f3: __m512
    ) {
        let first = panel &* 8
        let stride = Int(a.y_row_stride)
        let bias = a.bias.map { $0 + first }
        let rest = Int(a.columns) &- first
        let columns = hasSecond || rest < 8 ? rest : 8
        let rows = Int(a.rows) &- group &* 4
        let y = a.y + (group &* 4 &* stride &+ first)
        storeColumns(y, f0, columns, bias)
        if rows > 1 { storeColumns(y + stride, f1, columns, bias) }
        if rows > 2 { storeColumns(y + 2 &* stride, f2, columns, bias) }
        if rows > 3 { storeColumns(y + 3 &* stride, f3, columns, bias) }
    }
#endif
