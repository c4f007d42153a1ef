// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    /// How the weights of panels are stored whose products are tiles.
    enum TileWeights {
        /// 4 bits, less 8.
        case nibbles
        /// 4 bits, less the zero point of each column.
        case nibblesWithZeros
        /// Signed bytes.
        case bytes
    }

    /// The columns of two panels that are still packed, and where they are unpacked to.
    struct PackedColumns {
        private var pair: PanelPair
        private let format: TileWeights
        private let recordBytes: Int
        private let scalesOffset: Int
        private let zerosOffset: Int
        private let scaleType: Int32
        private let units: Int
        private var weights: UnsafeMutableRawPointer
        private var scales: UnsafeMutablePointer<Float>

        @inline(always)
        init(
            _ a: onnxlm_qmatmul_args, _ format: TileWeights, _ panel: Int, hasSecond: Bool,
            _ scratch: TileScratch
        ) {
            self.format = format
            pair = PanelPair(a, panel, hasSecond: hasSecond)
            recordBytes = Int(a.layout.record_byte_count)
            scalesOffset = Int(a.layout.record_byte_count &- a.layout.parameter_byte_count)
            zerosOffset = scalesOffset &+ scaleByteCount(a.layout)
            scaleType = a.layout.scale_type
            units = Int(a.layout.block_size) >> 5
            weights = scratch.weights
            scales = scratch.scales
        }

        /// What is unpacked next goes to the beginning.
        @inline(always)
        mutating func startAgain(in scratch: TileScratch) {
            weights = scratch.weights
            scales = scratch.scales
        }

        /// Unpacks the next block.
        @inline(always)
        mutating func unpackBlock() {
            pair.readAhead(recordBytes)
            switch format {
            case .nibbles: unpackNibbles(_mm512_set1_epi32(0x0808_0808))
            case .nibblesWithZeros: unpackNibbles(pair.zerosOfQuads(zerosOffset))
            case .bytes: unpackBytes()
            }
            _mm512_storeu_ps(scales, pair.scales(scalesOffset, scaleType))
            pair.advance(recordBytes)
            weights += 512 &* units
            scales += 16
        }

        @inline(always)
        private func unpackNibbles(_ zeros: __m512i) {
            var offset = 0
            var target = weights
            while offset < 128 &* units {
                var quad = 0
                while quad < 4 {
                    let both = pair.bytes(offset &+ 32 &* quad)
                    _mm512_storeu_si512(target + 64 &* quad, _mm512_sub_epi8(lowNibbles(both), zeros))
                    _mm512_storeu_si512(target + 64 &* (quad &+ 4), _mm512_sub_epi8(highNibbles(both), zeros))
                    quad &+= 1
                }
                offset &+= 128
                target += 512
            }
        }

        @inline(always)
        private func unpackBytes() {
            var quad = 0
            while quad < 8 &* units {
                _mm512_storeu_si512(weights + 64 &* quad, pair.bytes(32 &* quad))
                quad &+= 1
            }
        }
    }
#endif
