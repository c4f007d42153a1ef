// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Four rows share a vector of what each has one of: a row's number stands in the four lanes of its group.

    /// Up to four rows; the last that exists for those that do not.
    struct RowsOfFour {
        let first: Int
        let count: Int

        @inline(always)
        init(_ row: Int, _ rest: Int) {
            first = row
            count = rest < 4 ? rest : 4
        }

        @inline(always)
        var row0: Int { first }
        @inline(always)
        var row1: Int { first &+ (count > 1 ? 1 : 0) }
        @inline(always)
        var row2: Int { first &+ (count > 2 ? 2 : 0) }
        @inline(always)
        var row3: Int { first &+ (count > 3 ? 3 : 0) }
    }

    /// A bit for each key of a block that a row sees.
    @inline(always)
    func seenKeys(_ a: onnxlm_attention_args, _ row: Int, _ start: Int) -> UInt64 {
        let span = spanOfPosition(a, positionOfRow(a, row), start)
        if span.low >= span.high { return 0 }
        let below = span.high >= 64 ? UInt64.max : (UInt64(1) &<< UInt64(truncatingIfNeeded: span.high)) &- 1
        return below & (UInt64.max &<< UInt64(truncatingIfNeeded: span.low))
    }

    @inline(always)
    private func rowMask(_ count: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(1) &<< UInt32(truncatingIfNeeded: count)) &- 1)
    }

    /// A number of each row to its group.
    @inline(always)
    func loadGroups(_ source: UnsafePointer<Float>, _ count: Int) -> __m512 {
        onnxlm_mm512_spread4_ps(_mm512_maskz_loadu_ps(rowMask(count), source))
    }

    /// The first lane of each of `count` groups.
    @inline(always)
    func storeGroups(_ groups: __m512, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
        let gathered = onnxlm_mm512_gather4_ps(groups)
        if count == 4 {
            _mm_storeu_ps(target, _mm512_castps512_ps128(gathered))
        } else {
            _mm512_mask_storeu_ps(target, rowMask(count), gathered)
        }
    }
#endif
