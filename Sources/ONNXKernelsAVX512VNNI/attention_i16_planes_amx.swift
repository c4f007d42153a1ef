// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    // Tiles multiply bytes. A code of 16 bits is a lower byte and 256 times an upper one, which has the sign, so a product
    // of codes is four of bytes. Their sums are exact, and so is what they are together, modulo 2³².

    /// Brings the keys of a block into planes, `[panel][64 elements][lower, upper bytes][quad][key][4]`.
    @inline(always)
    func splitKeys(_ keys: UnsafeRawPointer, _ size: Int, _ scratch: CodedRows) {
        let quads = size &>> 2
        let panelBytes = 32 &* scratch.stride
        var panel = 0
        while panel < 4 {
            let planes = scratch.planes + panel &* panelBytes
            var line = keys + panel &* size &* 32
            var quad = 0
            while quad < quads {
                storeQuad(planes, quad, loadCodes(line), loadCodes(line + 64))
                line += 128
                quad &+= 1
            }
            while quad < scratch.stride &>> 2 {
                storeQuad(planes, quad, _mm512_setzero_si512(), _mm512_setzero_si512())
                quad &+= 1
            }
            panel &+= 1
        }
    }

    /// Brings the first `count` values of a block into planes, `[16 elements][lower, upper bytes][quad][element][4]`, the
    /// quads of keys in the order that weights have. Others are zeros.
    @inline(always)
    func splitValues(_ values: UnsafeRawPointer, _ size: Int, _ count: Int, _ scratch: CodedRows) {
        let pairs = (count &+ 1) &>> 1
        let stride = 4 &* size
        let none = _mm512_setzero_si512()
        var quad = 0
        while quad < 16 {
            let place = (quad & 3) &* 4 &+ quad &>> 2
            let line = values + 2 &* quad &* stride
            let hasFirst = 2 &* quad < pairs
            let hasSecond = 2 &* quad &+ 1 < pairs
            var column = 0
            while column < size {
                let mask = partMask(size &- column)
                let codes = line + column &* 4
                storeQuad(
                    scratch.planes + column &* 128, place,
                    hasFirst ? _mm512_maskz_loadu_epi32(mask, codes) : none,
                    hasSecond ? _mm512_maskz_loadu_epi32(mask, codes + stride) : none)
                column &+= 16
            }
            quad &+= 1
        }
    }

    /// Writes two lines of pairs as a line of lower and one of upper bytes.
    @inline(always)
    private func storeQuad(_ planes: UnsafeMutableRawPointer, _ quad: Int, _ even: __m512i, _ odd: __m512i) {
        let order = _mm512_broadcast_i32x4(
            _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15))
        let first = _mm512_shuffle_epi8(even, order)
        let second = _mm512_shuffle_epi8(odd, order)
        let target = planes + ((quad &>> 4) &* 2048 &+ (quad & 15) &* 64)
        _mm512_storeu_si512(
            target, _mm512_mask_blend_epi16(0xAAAA_AAAA, first, _mm512_slli_epi32(second, 16)))
        _mm512_storeu_si512(
            target + 1024, _mm512_mask_blend_epi16(0xAAAA_AAAA, _mm512_srli_epi32(first, 16), second))
    }
#endif
