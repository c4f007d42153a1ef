// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX512VNNI
    package import CONNXKernelABI

    /// One row of float activations times 4-bit panels, eight panels at a time; see `onnxlm_qgemv_f32_args`.
    @c(onnxlm_qgemv_f32_q4_1x64_avx512vnni)
    package func qgemv_f32_q4_1x64_avx512vnni(_ args: UnsafePointer<onnxlm_qgemv_f32_args>) {
        if args.pointee.layout.zero_point_kind == ONNXLM_ZERO_POINT_NONE {
            multiplyEight(args, is8Bits: false, hasZeros: false)
        } else {
            multiplyEight(args, is8Bits: false, hasZeros: true)
        }
    }

    /// One row of float activations times 8-bit panels, eight panels at a time; see `onnxlm_qgemv_f32_args`.
    @c(onnxlm_qgemv_f32_q8_1x64_avx512vnni)
    package func qgemv_f32_q8_1x64_avx512vnni(_ args: UnsafePointer<onnxlm_qgemv_f32_args>) {
        if args.pointee.layout.zero_point_kind == ONNXLM_ZERO_POINT_NONE {
            multiplyEight(args, is8Bits: true, hasZeros: false)
        } else {
            multiplyEight(args, is8Bits: true, hasZeros: true)
        }
    }

    /// Panels past the last are the last once more, and not stored.
    @inline(always)
    private func multiplyEight(
        _ args: UnsafePointer<onnxlm_qgemv_f32_args>, is8Bits: Bool, hasZeros: Bool
    ) {
        let a = args.pointee
        let units = Int(a.layout.units)
        let stride = Int(a.layout.panel_byte_stride)
        let end = Int(a.first_panel &+ a.panel_count)
        var panel = Int(a.first_panel)
        while panel < end {
            let last = end &- 1 &- panel
            let base = UnsafeRawPointer(a.panels) + panel &* stride
            let pair0 = FloatPair(base, 0, last, stride)
            let pair1 = FloatPair(base, 2, last, stride)
            let pair2 = FloatPair(base, 4, last, stride)
            let pair3 = FloatPair(base, 6, last, stride)
            var t0 = _mm512_setzero_ps()
            var t1 = t0
            var t2 = t0
            var t3 = t0
            var start = 0
            while start < units {
                let stop = units &- start < 8 ? units : start &+ 8
                var s0 = _mm512_setzero_ps()
                var s1 = s0
                var s2 = s0
                var s3 = s0
                var unit = start
                while unit < stop {
                    let place = UnitOffsets(a.layout, unit, is8Bits: is8Bits)
                    var half = 0
                    while half < 2 {
                        let f0 = BlockFactors(pair0, a.layout, place, half, hasZeros: hasZeros)
                        let f1 = BlockFactors(pair1, a.layout, place, half, hasZeros: hasZeros)
                        let f2 = BlockFactors(pair2, a.layout, place, half, hasZeros: hasZeros)
                        let f3 = BlockFactors(pair3, a.layout, place, half, hasZeros: hasZeros)
                        var quad = 0
                        while quad < 4 {
                            let x = a.x + (unit &* 32 &+ half &* 16 &+ quad &* 4)
                            let line = place.values &+ (is8Bits ? half &* 4 &+ quad : quad) &* 32
                            let shift: UInt32 = !is8Bits && half == 1 ? 4 : 0
                            s0 = addQuad(s0, pair0.lanes(line, shift), x, f0, is8Bits, hasZeros)
                            s1 = addQuad(s1, pair1.lanes(line, shift), x, f1, is8Bits, hasZeros)
                            s2 = addQuad(s2, pair2.lanes(line, shift), x, f2, is8Bits, hasZeros)
                            s3 = addQuad(s3, pair3.lanes(line, shift), x, f3, is8Bits, hasZeros)
                            quad &+= 1
                        }
                        half &+= 1
                    }
                    unit &+= 1
                }
                t0 = start == 0 ? s0 : _mm512_add_ps(t0, s0)
                t1 = start == 0 ? s1 : _mm512_add_ps(t1, s1)
                t2 = start == 0 ? s2 : _mm512_add_ps(t2, s2)
                t3 = start == 0 ? s3 : _mm512_add_ps(t3, s3)
                start &+= 8
            }
            storePair(a, panel, last, t0)
            if last > 1 { storePair(a, panel &+ 2, last &- 2, t1) }
            if last > 3 { storePair(a, panel &+ 4, last &- 4, t2) }
            if last > 5 { storePair(a, panel &+ 6, last &- 6, t3) }
            panel &+= 8
        }
    }

    @inline(always)
    private func storePair(_ a: onnxlm_qgemv_f32_args, _ panel: Int, _ last: Int, _ total: __m512) {
        let first = panel &* 8
        let columns = Int(a.columns) &- first
        let bias = a.bias.map { $0 + first }
        storeColumns(a.y + first, _mm512_castps512_ps256(total), columns, bias)
        if last < 1 { return }
        storeColumns(a.y + (first &+ 8), onnxlm_mm512_upper_ps(total), columns &- 8, bias.map { $0 + 8 })
    }

    /// Two panels.
    private struct FloatPair {
        let first: UnsafeRawPointer
        let second: UnsafeRawPointer

        @inline(always)
        init(_ base: UnsafeRawPointer, _ index: Int, _ last: Int, _ stride: Int) {
            first = base + (index < last ? index : last) &* stride
            second = base + (index < last ? index &+ 1 : last) &* stride
        }

        /// 32 bytes of each, each lane shifted right.
        @inline(always)
        func lanes(_ offset: Int, _ shift: UInt32) -> __m512i {
            let low = _mm512_castsi256_si512(loadBytes(first + offset))
            let both = onnxlm_mm512_with_upper_si512(low, loadBytes(second + offset))
            return shift == 0 ? both : _mm512_srli_epi32(both, 4)
        }

        @inline(always)
        func scales(_ offset: Int, _ type: Int32) -> __m512 {
            let low = _mm512_castps256_ps512(loadScales(first + offset, type))
            return onnxlm_mm512_with_upper_ps(low, loadScales(second + offset, type))
        }

        /// The zero points of a block.
        @inline(always)
        func zeros(_ layout: onnxlm_panel_layout, _ block: Int) -> __m512 {
            let offset = Int(layout.zero_points_byte_offset)
            if layout.zero_point_kind == ONNXLM_ZERO_POINT_F32 {
                return scales(offset &+ block &* 32, ONNXLM_SCALE_F32)
            }
            let place = offset &+ block &* 8
            let low = _mm_loadl_epi64((first + place).assumingMemoryBound(to: __m128i_u.self))
            let high = _mm_loadl_epi64((second + place).assumingMemoryBound(to: __m128i_u.self))
            return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_unpacklo_epi64(low, high)))
        }
    }

    /// Where a unit's values and scales lie in every panel, and which blocks its halves belong to.
    private struct UnitOffsets {
        let values: Int
        let lowScales: Int
        let highScales: Int
        let lowBlock: Int
        let highBlock: Int

        @inline(always)
        init(_ layout: onnxlm_panel_layout, _ unit: Int, is8Bits: Bool) {
            let unitBytes = is8Bits ? 256 : 128
            let recordBytes = Int(layout.record_byte_count)
            if layout.block_size < 32 {
                values = unit &* recordBytes
                lowScales = values &+ unitBytes
                highScales = lowScales &+ scaleByteCount(layout)
                lowBlock = 2 &* unit
                highBlock = lowBlock &+ 1
                return
            }
            let perBlock = UInt32(truncatingIfNeeded: layout.block_size) >> 5
            let block = Int(UInt32(truncatingIfNeeded: unit) / perBlock)
            let record = block &* recordBytes
            values = record &+ (unit &- block &* Int(perBlock)) &* unitBytes
            lowScales = record &+ Int(perBlock) &* unitBytes
            highScales = lowScales
            lowBlock = block
            highBlock = block
        }
    }

    /// Scales and zero points of half a unit.
    private struct BlockFactors {
        let scale: __m512
        let zero: __m512

        @inline(always)
        init(
            _ pair: FloatPair, _ layout: onnxlm_panel_layout, _ place: UnitOffsets, _ half: Int,
            hasZeros: Bool
        ) {
            scale = pair.scales(half == 0 ? place.lowScales : place.highScales, layout.scale_type)
            zero =
                hasZeros
                ? pair.zeros(layout, half == 0 ? place.lowBlock : place.highBlock) : _mm512_setzero_ps()
        }
    }

    /// Adds the products of four inputs, in their order.
    @inline(always)
    private func addQuad(
        _ sum: __m512, _ lanes: __m512i, _ x: UnsafePointer<Float>, _ f: BlockFactors, _ is8Bits: Bool,
        _ hasZeros: Bool
    ) -> __m512 {
        var s = adding(sum, x[0], value(lanes, 0, is8Bits, hasZeros), f.zero, f.scale, hasZeros)
        s = adding(s, x[1], value(lanes, 1, is8Bits, hasZeros), f.zero, f.scale, hasZeros)
        s = adding(s, x[2], value(lanes, 2, is8Bits, hasZeros), f.zero, f.scale, hasZeros)
        return adding(s, x[3], value(lanes, 3, is8Bits, hasZeros), f.zero, f.scale, hasZeros)
    }

    /// `sum + x * ((value - zero) * scale)`.
    @inline(always)
    private func adding(
        _ sum: __m512, _ x: Float, _ value: __m512, _ zero: __m512, _ scale: __m512, _ hasZeros: Bool
    ) -> __m512 {
        let difference = hasZeros ? _mm512_sub_ps(value, zero) : value
        return _mm512_fmadd_ps(splat(x), _mm512_mul_ps(difference, scale), sum)
    }

    /// The values in byte `index` of each lane, as floats: the low nibble of 4 bits; less the middle of their range
    /// where no zero points are subtracted.
    @inline(always)
    private func value(_ lanes: __m512i, _ index: UInt32, _ is8Bits: Bool, _ hasZeros: Bool) -> __m512 {
        if is8Bits {
            let signed = _mm512_srai_epi32(_mm512_slli_epi32(lanes, 24 &- 8 &* index), 24)
            let float = _mm512_cvtepi32_ps(signed)
            return hasZeros ? _mm512_add_ps(float, splat(128)) : float
        }
        // Only the low four bits of an index count.
        let shifted = _mm512_srli_epi32(lanes, 8 &* index)
        return _mm512_permutexvar_ps(shifted, hasZeros ? nibbles(0) : nibbles(-8))
    }

    /// 16 floats from `first` on.
    @inline(always)
    private func nibbles(_ first: Float) -> __m512 {
        let lanes = _mm512_cvtepi8_epi32(
            _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
        return _mm512_add_ps(_mm512_cvtepi32_ps(lanes), splat(first))
    }
#endif
