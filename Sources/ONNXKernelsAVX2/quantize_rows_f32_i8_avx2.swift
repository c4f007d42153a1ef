// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase

#if ONNXLM_AVX2
    package import CONNXKernelABI

    /// Quantises a group of rows to int8 per block; see `onnxlm_quantize_rows_args`. Same bits as the reference.
    @c(onnxlm_quantize_rows_f32_i8_avx2)
    package func quantize_rows_f32_i8_avx2(_ args: UnsafePointer<onnxlm_quantize_rows_args>) {
        let a = args.pointee
        let blockSize = Int(a.block_size)
        let group = Int(a.group_size)
        let k = Int(a.k)
        let blocks = Int(a.blocks)
        let magnitude = _mm256_set1_epi32(0x7FFF_FFFF)
        var row = 0
        while row < group {
            let isPresent = row < Int(a.rows)
            let source = a.x + (isPresent ? row &* Int(a.x_row_stride) : 0)
            var block = 0
            while block < blocks {
                let start = block &* blockSize
                let rest = isPresent ? k &- start : 0
                var largest = _mm256_setzero_si256()
                var i = 0
                while i < blockSize {
                    let bits = _mm256_castps_si256(loadPart(source + (start &+ i), rest &- i))
                    largest = _mm256_max_epu32(largest, _mm256_and_si256(bits, magnitude))
                    i &+= 8
                }
                let (scale, inverse) = blockScale(largestLane(largest))
                let factor = _mm256_set1_ps(inverse)
                var sums = _mm256_setzero_si256()
                i = 0
                while i < blockSize {
                    var quantised = _mm256_setzero_si256()
                    if inverse != 0 {
                        let x = loadPart(source + (start &+ i), rest &- i)
                        quantised = _mm256_cvtps_epi32(_mm256_mul_ps(x, factor))
                    }
                    sums = _mm256_add_epi32(sums, quantised)
                    let low = _mm256_castsi256_si128(quantised)
                    let words = _mm_packs_epi32(low, onnxlm_mm256_upper_si256(quantised))
                    let bytes = _mm_packs_epi16(words, words)
                    let pair = UInt64(bitPattern: Int64(_mm_cvtsi128_si64(bytes)))
                    let input = start &+ i
                    let unit = (input >> 5) &* 32 &* group
                    let quad = (input & 31) >> 2
                    let target = UnsafeMutableRawPointer(a.values) + unit
                    let first = (quad &* group &+ row) &* 4
                    let second = ((quad &+ 1) &* group &+ row) &* 4
                    target.storeBytes(
                        of: UInt32(truncatingIfNeeded: pair), toByteOffset: first, as: UInt32.self)
                    target.storeBytes(
                        of: UInt32(truncatingIfNeeded: pair >> 32), toByteOffset: second, as: UInt32.self)
                    i &+= 8
                }
                a.scales[block &* group &+ row] = scale
                let sum = laneSum(sums)
                a.sums[block &* group &+ row] = sum
                a.centres[block &* group &+ row] = -8 &* sum
                block &+= 1
            }
            row &+= 1
        }
    }

    /// The scale of a block, by the bits of its largest magnitude, and what its elements are multiplied with: NaN and 0
    /// where that is not finite, 0 and 0 where it is next to nothing.
    @inline(__always)
    func blockScale(_ largest: UInt32) -> (scale: Float, inverse: Float) {
        let scale = Float(bitPattern: largest) / 127
        if !(scale < Float.infinity) { return (Float.nan, 0) }
        return scale < Float.leastNormalMagnitude ? (0, 0) : (scale, 1 / scale)
    }

    @inline(__always)
    func largestLane(_ value: __m256i) -> UInt32 {
        let four = _mm_max_epu32(_mm256_castsi256_si128(value), onnxlm_mm256_upper_si256(value))
        let two = _mm_max_epu32(four, _mm_unpackhi_epi64(four, four))
        let one = _mm_max_epu32(two, _mm_srli_epi64(two, 32))
        return UInt32(bitPattern: _mm_cvtsi128_si32(one))
    }

    @inline(__always)
    private func laneSum(_ value: __m256i) -> Int32 {
        let four = _mm_add_epi32(_mm256_castsi256_si128(value), onnxlm_mm256_upper_si256(value))
        let two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four))
        let one = _mm_add_epi32(two, _mm_srli_epi64(two, 32))
        return _mm_cvtsi128_si32(one)
    }
#endif
