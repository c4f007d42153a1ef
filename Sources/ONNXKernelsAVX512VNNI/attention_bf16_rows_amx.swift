// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// What a tile's rows need beside their state.
    struct RoundedRows {
        /// What was summed up before a block is multiplied with; of many rows `[sixteen % 4][row]`.
        let decays: UnsafeMutablePointer<Float>
        let shapes: UnsafeMutableRawPointer
        /// Of many rows: `[row][head size]` of bfloat16, zeros in the rows that fill up the last sixteen.
        let queries: UnsafeMutablePointer<UInt16>
        /// Of few rows: the same numbers as float32.
        let wideQueries: UnsafeMutablePointer<Float>
        /// Of many rows: the values of a block that some of them do not see.
        let values: UnsafeMutableRawPointer
        /// Of many rows: `[sixteen % 4][row][key]`, products and then weights of four sixteens of rows.
        let scores: UnsafeMutablePointer<Float>

        /// Where all of it lies in the memory of a tile of rows.
        @inline(always)
        init(_ a: onnxlm_attention_args, _ rows: Int) {
            let wholeRows = (rows &+ 15) & ~15
            decays = a.block
            shapes = UnsafeMutableRawPointer(decays + 64)
            wideQueries = decays + 80
            queries = UnsafeMutableRawPointer(wideQueries).assumingMemoryBound(to: UInt16.self)
            values = UnsafeMutableRawPointer(queries + wholeRows &* Int(a.head_size))
            scores = (values + 128 &* Int(a.head_size)).assumingMemoryBound(to: Float.self)
        }
    }

    /// Rounds the queries of a tile, times what their scores are multiplied with.
    @inline(always)
    func roundQueries(_ a: onnxlm_attention_args, _ rows: Int, areFew: Bool) -> RoundedRows {
        let size = Int(a.head_size)
        let scratch = RoundedRows(a, rows)
        let scale = splat(hasPlainScores(a) ? a.scale * log2e : a.scale)
        let wholeRows = areFew ? rows : (rows &+ 15) & ~15
        var row = 0
        while row < wholeRows {
            let place = row &* size
            if row < rows {
                let query = queryRow(a, row)
                var i = 0
                while i < size {
                    let rounded = bfloat16Bits(_mm512_mul_ps(_mm512_loadu_ps(query + i), scale))
                    if areFew {
                        _mm512_storeu_si512(scratch.wideQueries + (place &+ i), rounded)
                    } else {
                        storeWords(_mm512_srli_epi32(rounded, 16), scratch.queries + (place &+ i))
                    }
                    i &+= 16
                }
            } else {
                var i = 0
                while i < size {
                    storeWords(_mm512_setzero_si512(), scratch.queries + (place &+ i))
                    i &+= 16
                }
            }
            row &+= 1
        }
        return scratch
    }

    /// The lower halves of the lanes.
    @inline(always)
    private func storeWords(_ lanes: __m512i, _ target: UnsafeMutablePointer<UInt16>) {
        let words = UnsafeMutableRawPointer(target).assumingMemoryBound(to: __m256i_u.self)
        _mm256_storeu_si256(words, _mm512_cvtepi32_epi16(lanes))
    }
#endif
