// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// Writes rows to an int16 or bfloat16 cache; see `onnxlm_cache_rows_args`. The head size is a multiple of 32. Same bits as the
    /// reference.
    @c(onnxlm_cache_rows_pairs_avx512vnni)
    package func cache_rows_pairs_avx512vnni(_ args: UnsafePointer<onnxlm_cache_rows_args>) {
        let a = args.pointee
        let isKeys = a.panels != 0
        if a.cache_type == ONNXLM_CACHE_I16 {
            writeScales(a, isKeys ? ONNXLM_CACHE_I16_KEY : ONNXLM_CACHE_I16_VALUE)
        }
        var row = 0
        while row < Int(a.rows) {
            let position = Int(a.first) &+ row
            let rest = Int(a.rows) &- row
            if isKeys {
                if position & 15 == 0 && rest >= 16 {
                    writePanel(a, row)
                    row &+= 16
                } else {
                    writeKey(a, row)
                    row &+= 1
                }
            } else if position & 1 == 0 && rest >= 2 {
                writeValuePair(a, row)
                row &+= 2
            } else {
                writeValue(a, row)
                row &+= 1
            }
        }
    }

    /// The scales of all rows: NaN where an element is not finite, 1 where all are next to nothing.
    @inline(always)
    private func writeScales(_ a: onnxlm_cache_rows_args, _ largestCode: Int32) {
        guard let scales = a.scales else { return }
        let size = Int(a.head_size)
        let magnitude = _mm512_set1_epi32(0x7FFF_FFFF)
        var row = 0
        while row < Int(a.rows) {
            let rest = Int(a.rows) &- row
            let none = _mm512_setzero_si512()
            var m: FourSums = (none, none, none, none)
            var i = 0
            while i < size {
                m.0 = _mm512_max_epu32(m.0, _mm512_and_si512(bits(a, row, i), magnitude))
                if rest > 1 { m.1 = _mm512_max_epu32(m.1, _mm512_and_si512(bits(a, row &+ 1, i), magnitude)) }
                if rest > 2 { m.2 = _mm512_max_epu32(m.2, _mm512_and_si512(bits(a, row &+ 2, i), magnitude)) }
                if rest > 3 { m.3 = _mm512_max_epu32(m.3, _mm512_and_si512(bits(a, row &+ 3, i), magnitude)) }
                i &+= 16
            }
            let largest = _mm512_castsi512_ps(groupMaximaOfBits(m))
            let isFinite = onnxlm_mm512_less_ps(largest, splat(.infinity))
            var scale = _mm512_div_ps(largest, splat(Float(largestCode)))
            scale = _mm512_mask_mov_ps(
                scale, onnxlm_mm512_less_ps(scale, splat(.leastNormalMagnitude)), splat(1))
            scale = _mm512_mask_mov_ps(scale, ~isFinite, splat(.nan))
            storeGroups(scale, scales + (Int(a.first) &+ row), rest < 4 ? rest : 4)
            row &+= 4
        }
    }

    @inline(always)
    private func bits(_ a: onnxlm_cache_rows_args, _ row: Int, _ i: Int) -> __m512i {
        _mm512_castps_si512(_mm512_loadu_ps(a.x + (row &* Int(a.x_row_stride) &+ i)))
    }

    /// Codes of 16 elements of a row; 1 for all of a row whose scale is NaN. Of bfloat16, its bits.
    @inline(always)
    private func codes(_ a: onnxlm_cache_rows_args, _ row: Int, _ i: Int) -> __m512i {
        let x = _mm512_loadu_ps(a.x + (row &* Int(a.x_row_stride) &+ i))
        if a.cache_type == ONNXLM_CACHE_BF16 { return _mm512_srai_epi32(bfloat16Bits(x), 16) }
        guard let scales = a.scales else { return _mm512_cvtps_epi32(x) }
        let scale = scales[Int(a.first) &+ row]
        if scale != scale { return _mm512_set1_epi32(1) }
        return _mm512_cvtps_epi32(_mm512_div_ps(x, splat(scale)))
    }

    /// 32 elements as 16 pairs. Within its 128 bits the instruction puts four elements of the first half beside four
    /// of the second; ``pairs`` tells which pair each lane has.
    @inline(always)
    private func pairsOfCodes(_ a: onnxlm_cache_rows_args, _ row: Int, _ i: Int) -> __m512i {
        _mm512_packs_epi32(codes(a, row, i), codes(a, row, i &+ 16))
    }

    @inline(always)
    private func pairs() -> __m512i {
        _mm512_cvtepi8_epi32(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15))
    }

    /// One position of a panel.
    @inline(always)
    private func writeKey(_ a: onnxlm_cache_rows_args, _ row: Int) {
        let size = Int(a.head_size)
        let position = Int(a.first) &+ row
        let base = a.y + ((position &>> 4) &* size &* 32 &+ (position & 15) &* 4)
        var i = 0
        while i < size {
            onnxlm_mm512_scatter_lines_epi32(base + i &* 32, pairs(), pairsOfCodes(a, row, i))
            i &+= 32
        }
    }

    /// The sixteen positions of a panel.
    @inline(always)
    private func writePanel(_ a: onnxlm_cache_rows_args, _ row: Int) {
        let size = Int(a.head_size)
        let base = a.y + ((Int(a.first) &+ row) &>> 4) &* size &* 32
        var i = 0
        while i < size {
            let r0 = columnsOfFour(a, row, i)
            let r4 = columnsOfFour(a, row &+ 4, i)
            let r8 = columnsOfFour(a, row &+ 8, i)
            let r12 = columnsOfFour(a, row &+ 12, i)
            let target = base + i &* 32
            storeColumns(target, r0.0, r4.0, r8.0, r12.0)
            storeColumns(target + 64, r0.1, r4.1, r8.1, r12.1)
            storeColumns(target + 512, r0.2, r4.2, r8.2, r12.2)
            storeColumns(target + 576, r0.3, r4.3, r8.3, r12.3)
            i &+= 32
        }
    }

    /// Lane group g of vector j: pair j of group g of four rows.
    @inline(always)
    private func columnsOfFour(_ a: onnxlm_cache_rows_args, _ row: Int, _ i: Int) -> FourSums {
        let r0 = pairsOfCodes(a, row, i)
        let r1 = pairsOfCodes(a, row &+ 1, i)
        let r2 = pairsOfCodes(a, row &+ 2, i)
        let r3 = pairsOfCodes(a, row &+ 3, i)
        let t0 = _mm512_unpacklo_epi32(r0, r1)
        let t1 = _mm512_unpackhi_epi32(r0, r1)
        let t2 = _mm512_unpacklo_epi32(r2, r3)
        let t3 = _mm512_unpackhi_epi32(r2, r3)
        return (
            _mm512_unpacklo_epi64(t0, t2), _mm512_unpackhi_epi64(t0, t2), _mm512_unpacklo_epi64(t1, t3),
            _mm512_unpackhi_epi64(t1, t3)
        )
    }

    /// Group g of four times four rows to the line two times g.
    @inline(always)
    private func storeColumns(
        _ target: UnsafeMutableRawPointer, _ r0: __m512i, _ r4: __m512i, _ r8: __m512i, _ r12: __m512i
    ) {
        let a = _mm512_castsi512_ps(r0)
        let b = _mm512_castsi512_ps(r4)
        let c = _mm512_castsi512_ps(r8)
        let d = _mm512_castsi512_ps(r12)
        let low = (onnxlm_mm512_low_groups_ps(a, b), onnxlm_mm512_low_groups_ps(c, d))
        let high = (onnxlm_mm512_high_groups_ps(a, b), onnxlm_mm512_high_groups_ps(c, d))
        _mm512_storeu_ps(target, onnxlm_mm512_even_groups_ps(low.0, low.1))
        _mm512_storeu_ps(target + 128, onnxlm_mm512_odd_groups_ps(low.0, low.1))
        _mm512_storeu_ps(target + 256, onnxlm_mm512_even_groups_ps(high.0, high.1))
        _mm512_storeu_ps(target + 384, onnxlm_mm512_odd_groups_ps(high.0, high.1))
    }

    /// Two positions whose values lie side by side.
    @inline(always)
    private func writeValuePair(_ a: onnxlm_cache_rows_args, _ row: Int) {
        let size = Int(a.head_size)
        let target = a.y + ((Int(a.first) &+ row) &>> 1) &* size &* 4
        var i = 0
        while i < size {
            let even = pairsOfCodes(a, row, i)
            let odd = pairsOfCodes(a, row &+ 1, i)
            _mm512_storeu_si512(target + i &* 4, _mm512_unpacklo_epi16(even, odd))
            _mm512_storeu_si512(target + (i &* 4 &+ 64), _mm512_unpackhi_epi16(even, odd))
            i &+= 32
        }
    }

    /// One of two such positions.
    @inline(always)
    private func writeValue(_ a: onnxlm_cache_rows_args, _ row: Int) {
        let size = Int(a.head_size)
        let position = Int(a.first) &+ row
        let target = a.y + (position &>> 1) &* size &* 4
        let isOdd = position & 1 != 0
        var i = 0
        while i < size {
            let words = codes(a, row, i)
            if isOdd {
                _mm512_mask_storeu_epi16(target + i &* 4, 0xAAAA_AAAA, _mm512_slli_epi32(words, 16))
            } else {
                _mm512_mask_storeu_epi16(target + i &* 4, 0x5555_5555, words)
            }
            i &+= 16
        }
    }
#endif
