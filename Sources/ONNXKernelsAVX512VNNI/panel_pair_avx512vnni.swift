// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// Two neighbouring panels, whose sixteen columns fill a register; the second is the first once more where there
    /// is none.
    struct PanelPair {
        var first: UnsafeRawPointer
        var second: UnsafeRawPointer
        /// From here to the same place in the next two panels.
        private let pairStride: Int

        @inline(__always)
        init(_ a: onnxlm_qmatmul_args, _ panel: Int, hasSecond: Bool) {
            let stride = Int(a.layout.panel_byte_stride)
            pairStride = 2 &* stride
            first = UnsafeRawPointer(a.panels).advanced(by: panel &* stride)
            second = first.advanced(by: hasSecond ? stride : 0)
        }

        /// Moves on by values or parameters.
        @inline(__always)
        mutating func advance(_ bytes: Int) {
            first += bytes
            second += bytes
        }

        /// Asks for so many bytes of each further on.
        @inline(__always)
        func readAhead(_ bytes: Int) {
            var offset = 0
            while offset < bytes {
                onnxlm_read_ahead(first + offset)
                onnxlm_read_ahead(second + offset)
                offset &+= 64
            }
        }

        /// Asks for the 128 bytes of values that stand here in the next two panels, and the line in which they end, as far as
        /// the second-level cache: few rows would else wait for memory between two panels.
        @inline(__always)
        func askForNextPair() {
            prefetch(pairStride)
            prefetch(pairStride &+ 64)
            prefetch(pairStride &+ 128)
        }

        /// Fetches a line of each.
        @inline(__always)
        func prefetch(_ offset: Int) {
            onnxlm_prefetch_to_second_level(first + offset)
            onnxlm_prefetch_to_second_level(second + offset)
        }

        /// 32 bytes of each.
        @inline(__always)
        func bytes(_ offset: Int) -> __m512i {
            let low = _mm512_castsi256_si512(loadBytes(first + offset))
            return onnxlm_mm512_with_upper_si512(low, loadBytes(second + offset))
        }

        /// A nibble of 32 bytes of each.
        @inline(__always)
        func nibbles(_ offset: Int, _ isHigh: Bool) -> __m512i {
            isHigh ? highNibbles(bytes(offset)) : lowNibbles(bytes(offset))
        }

        /// The scales of a block.
        @inline(__always)
        func scales(_ offset: Int, _ type: Int32) -> __m512 {
            let low = _mm512_castps256_ps512(loadScales(first + offset, type))
            return onnxlm_mm512_with_upper_ps(low, loadScales(second + offset, type))
        }

        /// The zero points of a block, negated, as 32-bit lanes whose upper halves are zero.
        @inline(__always)
        func negatedZeros(_ offset: Int) -> __m512i {
            let negated = _mm512_sub_epi32(_mm512_setzero_si512(), zeros(offset))
            return _mm512_and_si512(negated, _mm512_set1_epi32(0xFFFF))
        }

        /// The zero points of a block, each for the four bytes of its column.
        @inline(__always)
        func zerosOfQuads(_ offset: Int) -> __m512i {
            _mm512_mullo_epi32(zeros(offset), _mm512_set1_epi32(0x0101_0101))
        }

        /// The zero points of a block in 32-bit lanes.
        @inline(__always)
        private func zeros(_ offset: Int) -> __m512i {
            let low = _mm_loadl_epi64((first + offset).assumingMemoryBound(to: __m128i_u.self))
            let high = _mm_loadl_epi64((second + offset).assumingMemoryBound(to: __m128i_u.self))
            return _mm512_cvtepu8_epi32(_mm_unpacklo_epi64(low, high))
        }
    }

    /// The low nibble of every byte.
    @inline(__always)
    func lowNibbles(_ both: __m512i) -> __m512i { _mm512_and_si512(both, _mm512_set1_epi32(0x0F0F_0F0F)) }

    /// The high nibble of every byte.
    @inline(__always)
    func highNibbles(_ both: __m512i) -> __m512i { lowNibbles(_mm512_srli_epi16(both, 4)) }

    /// Signed weights of 8 bits as the file has them, unsigned.
    @inline(__always)
    func unsignedBytes(_ signed: __m512i) -> __m512i {
        _mm512_xor_si512(signed, _mm512_set1_epi32(Int32(bitPattern: 0x8080_8080)))
    }
#endif
