// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// The same lanes of four rows.
    typealias Four = (__m256i, __m256i, __m256i, __m256i)

    /// Stores a tile of four rows and eight columns, or what of it exists.
    @inline(__always)
    func storeRows(
        _ a: onnxlm_qmatmul_args, _ panel: Int, _ group: Int, _ f0: __m256, _ f1: __m256, _ f2: __m256,
        _ f3: __m256
    ) {
        let first = panel &* 8
        let stride = Int(a.y_row_stride)
        let bias = a.bias.map { $0 + first }
        let columns = Int(a.columns) &- first
        let rows = Int(a.rows) &- group &* 4
        let y = a.y + (group &* 4 &* stride &+ first)
        storeColumns(y, f0, columns, bias)
        if rows > 1 { storeColumns(y + stride, f1, columns, bias) }
        if rows > 2 { storeColumns(y + 2 &* stride, f2, columns, bias) }
        if rows > 3 { storeColumns(y + 3 &* stride, f3, columns, bias) }
    }

    /// Unsigned weights times a quad of activations of each row, in 16-bit lanes.
    @inline(__always)
    func rowProducts(_ w: __m256i, _ values: UnsafeRawPointer) -> Four {
        let p0 = _mm256_maddubs_epi16(w, broadcastQuad(values, 0))
        let p1 = _mm256_maddubs_epi16(w, broadcastQuad(values, 4))
        let p2 = _mm256_maddubs_epi16(w, broadcastQuad(values, 8))
        let p3 = _mm256_maddubs_epi16(w, broadcastQuad(values, 12))
        return (p0, p1, p2, p3)
    }

    /// Lane by lane, in 16 bits.
    @inline(__always)
    func adding(_ a: Four, _ b: Four) -> Four {
        let s0 = _mm256_add_epi16(a.0, b.0)
        let s1 = _mm256_add_epi16(a.1, b.1)
        let s2 = _mm256_add_epi16(a.2, b.2)
        let s3 = _mm256_add_epi16(a.3, b.3)
        return (s0, s1, s2, s3)
    }
#endif
