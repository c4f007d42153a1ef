// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Sums of products of all rows' queries with the 64 keys of a block, exact, to `scores`, 64 a row; or, with
    /// `exponents`, the exponents of weights that they give.
    @inline(always)
    func multiplyKeysInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, _ keys: UnsafeRawPointer,
        _ exponents: BlockScales?
    ) {
        splitKeys(keys, Int(a.head_size), scratch)
        let stride = scratch.stride
        var row = 0
        while row < rows {
            let queries = UnsafeRawPointer(scratch.queries + row &* stride)
            var panel = 0
            while panel < 4 {
                multiplyTile(
                    queries, rowStride: 2 &* stride, scratch.planes + panel &* stride &* 32,
                    count: stride &>> 6, scratch.tileSums(panel))
                panel &+= 1
            }
            let end = rows &- row < 16 ? rows &- row : 16
            var next = 0
            while next < end {
                let sums = joinedSums(scratch, next)
                if let exponents {
                    exponents.store(a, row &+ next, sums)
                } else {
                    storeSums(a.scores + (row &+ next) &* 64, sums)
                }
                next &+= 1
            }
            row &+= 16
        }
    }

    /// Adds the first `count` weighted values of a block to the outputs of all rows; the weights of keys that a row does
    /// not see are 0.
    @inline(always)
    func addValuesInTiles(
        _ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, _ values: UnsafeRawPointer,
        count: Int
    ) {
        let size = Int(a.head_size)
        splitValues(values, size, count, scratch)
        var row = 0
        while row < rows {
            let weights = UnsafeRawPointer(a.scores + row &* 64)
            let end = rows &- row < 16 ? rows &- row : 16
            var column = 0
            while column < size {
                let width = size &- column < 64 ? size &- column : 64
                var part = 0
                while part < width {
                    multiplyTile(
                        weights, rowStride: 256, scratch.planes + (column &+ part) &* 128, count: 1,
                        scratch.tileSums(part &>> 4))
                    part &+= 16
                }
                addTileSums(a, row, end, scratch, column, width)
                column &+= 64
            }
            row &+= 16
        }
    }

    /// Adds the sums of up to 64 elements of 16 rows to their outputs.
    @inline(always)
    private func addTileSums(
        _ a: onnxlm_attention_args, _ row: Int, _ count: Int, _ scratch: CodedRows, _ column: Int,
        _ width: Int
    ) {
        let size = Int(a.head_size)
        var next = 0
        while next < count {
            let output = a.outputs + ((row &+ next) &* size &+ column)
            let decay = scratch.decays[row &+ next]
            let scale = scratch.weightScales[row &+ next]
            if width == 64 {
                addSums(output, joinedSums(scratch, next), decay, scale)
            } else {
                var part = 0
                while part < width {
                    addNarrow(
                        output + part, joinedSum(scratch, part &>> 4, next), partMask(width &- part), decay,
                        scale)
                    part &+= 16
                }
            }
            next &+= 1
        }
    }

    /// Sixteen rows of planes times sixteen columns.
    @inline(always)
    private func multiplyTile(
        _ rows: UnsafeRawPointer, rowStride: Int, _ planes: UnsafeRawPointer, count: Int,
        _ sums: UnsafeMutableRawPointer
    ) {
        onnxlm_word_tiles_zero()
        var index = 0
        while index < count {
            onnxlm_word_tiles_add(rows + index &* 128, rowStride, planes + index &* 2048)
            index &+= 1
        }
        onnxlm_word_tiles_store(sums)
    }

    /// A row's sums in four products of tiles.
    @inline(always)
    private func joinedSums(_ scratch: CodedRows, _ row: Int) -> FourSums {
        (
            joinedSum(scratch, 0, row), joinedSum(scratch, 1, row), joinedSum(scratch, 2, row),
            joinedSum(scratch, 3, row)
        )
    }

    @inline(always)
    private func joinedSum(_ scratch: CodedRows, _ product: Int, _ row: Int) -> __m512i {
        let sums = scratch.tileSums(product) + row &* 64
        let upper = _mm512_slli_epi32(loadCodes(sums + 2048), 8)
        let both = _mm512_slli_epi32(_mm512_add_epi32(upper, loadCodes(sums + 1024)), 8)
        return _mm512_add_epi32(both, loadCodes(sums))
    }
#endif
