// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX2
    import CONNXKernelABI

    /// The zero points of a block as floats; the middle of the range if the layout has none.
    @inline(__always)
    func floatZeroPoints(_ zeros: UnsafeRawPointer, _ kind: Int32, _ middle: Float) -> __m256 {
        if kind == ONNXLM_ZERO_POINT_U8 { return _mm256_cvtepi32_ps(loadZeroPoints(zeros)) }
        if kind == ONNXLM_ZERO_POINT_F32 { return loadFloats(zeros) }
        return splat(middle)
    }

    /// Byte `index` of each 32-bit lane, as a float.
    @inline(__always)
    func floatBytes(_ lanes: __m256i, _ index: Int32) -> __m256 {
        let bytes = _mm256_and_si256(_mm256_srli_epi32(lanes, index &* 8), _mm256_set1_epi32(0xFF))
        return _mm256_cvtepi32_ps(bytes)
    }

    /// `(value - zero) * scale`.
    @inline(__always)
    func dequantised(_ value: __m256, _ zero: __m256, _ scale: __m256) -> __m256 {
        _mm256_mul_ps(_mm256_sub_ps(value, zero), scale)
    }

    /// Where the values and parameters of the units of a panel are.
    struct UnitPlace {
        let values: UnsafeRawPointer
        /// Scales, then zero points, of the first 16 inputs and of the last: the same in blocks of 32 and more.
        let lowParameters: UnsafeRawPointer
        let highParameters: UnsafeRawPointer
    }

    @inline(__always)
    func placeOfUnit(_ panel: UnsafeRawPointer, _ layout: onnxlm_panel_layout, _ unit: Int, is8Bits: Bool)
        -> UnitPlace
    {
        let unitBytes = is8Bits ? 256 : 128
        let recordBytes = Int(layout.record_byte_count)
        if layout.block_size < 32 {
            let values = panel + unit &* recordBytes
            let parameters = values + unitBytes
            return UnitPlace(
                values: values, lowParameters: parameters,
                highParameters: parameters + Int(layout.parameter_byte_count))
        }
        let perBlock = UInt32(truncatingIfNeeded: layout.block_size) >> 5
        let block = Int(UInt32(truncatingIfNeeded: unit) / perBlock)
        let record = panel + block &* recordBytes
        let values = record + (unit &- block &* Int(perBlock)) &* unitBytes
        let parameters = record + Int(perBlock) &* unitBytes
        return UnitPlace(values: values, lowParameters: parameters, highParameters: parameters)
    }

    /// Quad `quad` of a unit (0..<8) as unsigned bytes, four inputs to a lane.
    @inline(__always)
    func quadBytes(_ values: UnsafeRawPointer, _ quad: Int, is8Bits: Bool) -> __m256i {
        if is8Bits { return _mm256_xor_si256(loadBytes(values + quad &* 32), _mm256_set1_epi8(-128)) }
        let both = loadBytes(values + (quad & 3) &* 32)
        let mask = _mm256_set1_epi8(15)
        return _mm256_and_si256(quad < 4 ? both : _mm256_srli_epi16(both, 4), mask)
    }
#endif
