// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Running softmax of a tile of query rows over a range of int16 keys and values; see `onnxlm_attention_args`.
    /// The head size is a multiple of 8.
    ///
    /// Both products are of 16-bit integers: queries are rounded first, the weights of each block as they come. Their
    /// sums are exact, so a row has the same bits beside any others.
    @c(onnxlm_attention_i16_avx512vnni)
    package func attention_i16_avx512vnni(_ args: UnsafePointer<onnxlm_attention_args>) {
        let a = args.pointee
        let rows = Int(a.positions) &* Int(a.heads)
        clearState(a, rows)
        let scratch = codeQueries(a, rows)
        if rows < rowsThatShareABlock {
            attendTile(a, rows, scratch, areFew: true)
        } else {
            attendTile(a, rows, scratch, areFew: false)
        }
    }

    /// What a tile's rows need beside their state.
    struct CodedRows {
        /// `[row][head size]`.
        let queries: UnsafeMutablePointer<Int16>
        /// What the sums of query times key codes are multiplied with, beside the keys' scales.
        let queryScales: UnsafeMutablePointer<Float>
        /// What a block's sums of weight times value codes are multiplied with.
        let weightScales: UnsafeMutablePointer<Float>
        /// What was summed up before a block is multiplied with.
        let decays: UnsafeMutablePointer<Float>
    }

    /// Few rows wait for memory: they take a block's lines one after the other, which the processor sees and reads
    /// ahead; asking for them would disturb it. Many rows ask for the next block's lines between the blocks.
    @inline(always)
    private func attendTile(_ a: onnxlm_attention_args, _ rows: Int, _ scratch: CodedRows, areFew: Bool) {
        let size = Int(a.head_size)
        var start = Int(a.first_key)
        while start < Int(a.last_key) {
            let low = spanOfPosition(a, 0, start).low
            let high = spanOfPosition(a, Int(a.positions) &- 1, start).high
            if low < high {
                let offset = (start &- Int(a.first_key)) &* size &* 2
                let keys = a.keys + offset
                let values = a.values + offset
                if !areFew && start &+ 64 < Int(a.last_key) {
                    prefetchBlock(keys + 128 &* size, size)
                    prefetchBlock(values + 128 &* size, size)
                }
                var row = 0
                while row < rows {
                    let count = runLength(a, row, rows, true)
                    multiplyKeys(a, row, count, scratch.queries, keys, areFew)
                    row &+= count
                }
                row = 0
                while row < rows {
                    weighFour(a, row, rows &- row, start, scratch)
                    row &+= 4
                }
                row = 0
                while row < rows {
                    let count = runLength(a, row, rows, true)
                    addCodedValues(a, row, count, scratch, values, low, high, areFew)
                    row &+= count
                }
            }
            start &+= 64
        }
    }

    /// Asks for 64 positions.
    @inline(always)
    private func prefetchBlock(_ block: UnsafeRawPointer, _ size: Int) {
        var line = 0
        while line < 128 &* size {
            onnxlm_prefetch(block + line)
            line &+= 64
        }
    }

    /// Rounds the queries of a tile to 16 bits. Their codes add up to so little that no sum with keys overflows.
    @inline(always)
    private func codeQueries(_ a: onnxlm_attention_args, _ rows: Int) -> CodedRows {
        let size = Int(a.head_size)
        let codeFloats = rows &* size &>> 1
        let scratch = CodedRows(
            queries: UnsafeMutableRawPointer(a.block).assumingMemoryBound(to: Int16.self),
            queryScales: a.block + codeFloats, weightScales: a.block + (codeFloats &+ rows),
            decays: a.scores + rows &* 64)
        let limit = Int32.max / ONNXLM_CACHE_I16_KEY &- Int32(truncatingIfNeeded: size &>> 1) &- 64
        let sumLimit = Float(limit > 1 ? limit : 1)
        var row = 0
        while row < rows {
            let query = queryRow(a, row)
            let codes = scratch.queries + row &* size
            scratch.queryScales[row] = a.scale * codeQuery(query, codes, size, sumLimit)
            row &+= 1
        }
        return scratch
    }

    /// Writes the codes of one query, and gives their scale; NaN and codes of 1 for one that is not finite.
    @inline(always)
    private func codeQuery(
        _ query: UnsafePointer<Float>, _ codes: UnsafeMutablePointer<Int16>, _ size: Int, _ sumLimit: Float
    ) -> Float {
        var total = _mm512_setzero_ps()
        var largest = _mm512_setzero_ps()
        var i = 0
        while i < size {
            let x = _mm512_abs_ps(_mm512_maskz_loadu_ps(partMask(size &- i), query + i))
            total = _mm512_add_ps(total, x)
            largest = _mm512_max_ps(x, largest)
            i &+= 16
        }
        let sum = _mm512_reduce_add_ps(total)
        var factor: Float = 0
        var scale: Float = 0
        if !(sum < .infinity) {
            scale = .nan
        } else if sum > 1e-30 {
            let bySum = sumLimit / sum
            let byLargest = 32767 / _mm512_reduce_max_ps(largest)
            factor = bySum < byLargest ? bySum : byLargest
            scale = 1 / factor
        }
        i = 0
        while i < size {
            let mask = partMask(size &- i)
            var code = _mm512_set1_epi32(1)
            if scale == scale {
                let x = _mm512_maskz_loadu_ps(mask, query + i)
                code = _mm512_cvtps_epi32(_mm512_mul_ps(x, splat(factor)))
            }
            _mm512_mask_cvtepi32_storeu_epi16(codes + i, mask, code)
            i &+= 16
        }
        return scale
    }

    /// All sixteen lanes, or the first eight.
    @inline(always)
    func partMask(_ count: Int) -> UInt16 { count >= 16 ? 0xFFFF : 0xFF }
#endif
