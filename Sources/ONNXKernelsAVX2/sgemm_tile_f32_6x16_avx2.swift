// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// A tile of a float product in a fixed order of summation, six rows at a time; see `onnxlm_sgemm_tile_args`.
    @c(onnxlm_sgemm_tile_f32_6x16_avx2)
    package func sgemm_tile_f32_6x16_avx2(_ args: UnsafePointer<onnxlm_sgemm_tile_args>) {
        let a = args.pointee
        let rows = Int(a.rows)
        var row = 0
        while row < rows {
            if rows &- row == 1 {
                multiplyOneRow(a, row)
            } else {
                multiplySixRows(a, row)
            }
            row &+= 6
        }
    }

    @inline(__always)
    private func multiplyOneRow(_ a: onnxlm_sgemm_tile_args, _ row: Int) {
        let left = a.a + row &* Int(a.a_row_stride)
        var tile = a.tile
        var low = _mm256_setzero_ps()
        var high = low
        var i = 0
        while i < Int(a.k) {
            let x = splat(left[i])
            low = _mm256_fmadd_ps(x, _mm256_loadu_ps(tile), low)
            high = _mm256_fmadd_ps(x, _mm256_loadu_ps(tile + 8), high)
            tile += 16
            i &+= 1
        }
        storeTileRow(a, row, low, high)
    }

    /// Rows past the last are the last once more, and not stored.
    @inline(__always)
    private func multiplySixRows(_ a: onnxlm_sgemm_tile_args, _ row: Int) {
        let stride = Int(a.a_row_stride)
        let rest = Int(a.rows) &- row
        let last = rest &- 1
        let base = a.a + row &* stride
        let a0 = base
        let a1 = base + stride
        let a2 = base + (last < 2 ? last : 2) &* stride
        let a3 = base + (last < 3 ? last : 3) &* stride
        let a4 = base + (last < 4 ? last : 4) &* stride
        let a5 = base + (last < 5 ? last : 5) &* stride
        var tile = a.tile
        var l0 = _mm256_setzero_ps()
        var l1 = l0
        var l2 = l0
        var l3 = l0
        var l4 = l0
        var l5 = l0
        var h0 = l0
        var h1 = l0
        var h2 = l0
        var h3 = l0
        var h4 = l0
        var h5 = l0
        var i = 0
        while i < Int(a.k) {
            let low = _mm256_loadu_ps(tile)
            let high = _mm256_loadu_ps(tile + 8)
            let x0 = splat(a0[i])
            l0 = _mm256_fmadd_ps(x0, low, l0)
            h0 = _mm256_fmadd_ps(x0, high, h0)
            let x1 = splat(a1[i])
            l1 = _mm256_fmadd_ps(x1, low, l1)
            h1 = _mm256_fmadd_ps(x1, high, h1)
            let x2 = splat(a2[i])
            l2 = _mm256_fmadd_ps(x2, low, l2)
            h2 = _mm256_fmadd_ps(x2, high, h2)
            let x3 = splat(a3[i])
            l3 = _mm256_fmadd_ps(x3, low, l3)
            h3 = _mm256_fmadd_ps(x3, high, h3)
            let x4 = splat(a4[i])
            l4 = _mm256_fmadd_ps(x4, low, l4)
            h4 = _mm256_fmadd_ps(x4, high, h4)
            let x5 = splat(a5[i])
            l5 = _mm256_fmadd_ps(x5, low, l5)
            h5 = _mm256_fmadd_ps(x5, high, h5)
            tile += 16
            i &+= 1
        }
        storeTileRow(a, row, l0, h0)
        storeTileRow(a, row &+ 1, l1, h1)
        if rest > 2 { storeTileRow(a, row &+ 2, l2, h2) }
        if rest > 3 { storeTileRow(a, row &+ 3, l3, h3) }
        if rest > 4 { storeTileRow(a, row &+ 4, l4, h4) }
        if rest > 5 { storeTileRow(a, row &+ 5, l5, h5) }
    }

    @inline(__always)
    private func storeTileRow(_ a: onnxlm_sgemm_tile_args, _ row: Int, _ low: __m256, _ high: __m256) {
        let c = a.c + row &* Int(a.c_row_stride)
        let columns = Int(a.columns)
        var left = low
        var right = high
        if a.accumulates != 0 {
            left = _mm256_add_ps(loadPart(UnsafePointer(c), columns), left)
            right = _mm256_add_ps(loadPart(UnsafePointer(c + 8), columns &- 8), right)
        }
        storePart(c, left, columns)
        storePart(c + 8, right, columns &- 8)
    }
#endif
