// SPDX-License-Identifier: Apache-2.0
#if ONNXLM_AVX512VNNI
    import CONNXKernelABI

    extension onnxlm_panel_layout {
        @inline(always)
        var blocksPerRecord: Int { block_size < 32 ? 2 : 1 }
        @inline(always)
        var unitsPerRecord: Int { block_size < 32 ? 1 : Int(block_size) >> 5 }
    }

    /// Thirty-two columns, those of four panels, unpacked for all rows of a product: what multiplies reads whole registers and
    /// does nothing else. Lies in `onnxlm_qmatmul_args.scratch`, and so do the sums of stretches before.
    struct UnpackedColumns {
        /// `[quad][column][4]`, unsigned.
        let weights: UnsafeMutableRawPointer
        /// `[block][column]`.
        let scales: UnsafeMutablePointer<Float>
        /// The zero points, negated, as ``PanelPair/negatedZeros(_:)`` has them: `[block][column]`.
        let negatedZeros: UnsafeMutablePointer<Int32>
        /// Results of the stretches so far, `[four panels][group][2][row 0..<4][16]`: rows of y often lie at a multiple of 4 kB,
        /// where the caches hold few of them.
        let sums: UnsafeMutablePointer<Float>

        /// Records whose weights stay in the first-level cache; at least one.
        static func mostRecords(_ layout: onnxlm_panel_layout) -> Int {
            let most = Int(ONNXLM_COLUMN_UNITS) / layout.unitsPerRecord
            return most < 1 ? 1 : most
        }

        @inline(always)
        init(_ base: UnsafeMutableRawPointer, _ layout: onnxlm_panel_layout) {
            let parameters = Int(ONNXLM_COLUMN_BLOCKS) &* 128
            scales = base.assumingMemoryBound(to: Float.self)
            negatedZeros = (base + parameters).assumingMemoryBound(to: Int32.self)
            weights = base + 2 &* parameters
            let units = layout.unitsPerRecord
            let most = Int(ONNXLM_COLUMN_UNITS)
            sums = (weights + 1024 &* (units > most ? units : most)).assumingMemoryBound(to: Float.self)
        }
    }

    /// The columns of four panels that are still packed.
    struct FourPanels {
        private var left: PanelPair
        private var right: PanelPair
        private let layout: onnxlm_panel_layout

        /// From a record on; a panel once more where there are fewer than four.
        @inline(always)
        init(_ a: onnxlm_qmatmul_args, _ panel: Int, count: Int, record: Int) {
            layout = a.layout
            left = PanelPair(a, panel, hasSecond: count > 1)
            right = count > 2 ? PanelPair(a, panel &+ 2, hasSecond: count > 3) : left
            left.advance(record &* Int(a.layout.record_byte_count))
            right.advance(record &* Int(a.layout.record_byte_count))
        }

        /// Fetches some bytes of each panel.
        @inline(always)
        func prefetch(_ bytes: Range<Int>) {
            var offset = bytes.lowerBound
            while offset < bytes.upperBound {
                left.prefetch(offset)
                right.prefetch(offset)
                offset &+= 64
            }
        }

        /// Unpacks the next records.
        @inline(always)
        mutating func unpack(_ records: Int, into columns: UnpackedColumns) {
            let units = layout.unitsPerRecord
            let recordBytes = Int(layout.record_byte_count)
            let parameterBytes = Int(layout.parameter_byte_count)
            let hasZeros = layout.zero_point_kind == ONNXLM_ZERO_POINT_U8
            let zerosOffset = scaleByteCount(layout)
            var weights = columns.weights
            var parameters = 0
            var record = 0
            while record < records {
                if layout.bits == 4 {
                    unpackNibbles(units, weights)
                } else {
                    unpackBytes(units, weights)
                }
                weights += 1024 &* units
                var offset = recordBytes &- layout.blocksPerRecord &* parameterBytes
                while offset < recordBytes {
                    _mm512_storeu_ps(columns.scales + parameters, left.scales(offset, layout.scale_type))
                    _mm512_storeu_ps(
                        columns.scales + parameters + 16, right.scales(offset, layout.scale_type))
                    if hasZeros {
                        let zeros = columns.negatedZeros + parameters
                        _mm512_storeu_si512(zeros, left.negatedZeros(offset &+ zerosOffset))
                        _mm512_storeu_si512(zeros + 16, right.negatedZeros(offset &+ zerosOffset))
                    }
                    parameters &+= 32
                    offset &+= parameterBytes
                }
                left.advance(recordBytes)
                right.advance(recordBytes)
                record &+= 1
            }
        }

        @inline(always)
        private func unpackNibbles(_ units: Int, _ weights: UnsafeMutableRawPointer) {
            var target = weights
            var unit = 0
            while unit < units {
                var quad = 0
                while quad < 4 {
                    let offset = 128 &* unit &+ 32 &* quad
                    let first = left.bytes(offset)
                    let second = right.bytes(offset)
                    _mm512_storeu_si512(target + 128 &* quad, lowNibbles(first))
                    _mm512_storeu_si512(target + (128 &* quad &+ 64), lowNibbles(second))
                    _mm512_storeu_si512(target + (128 &* quad &+ 512), highNibbles(first))
                    _mm512_storeu_si512(target + (128 &* quad &+ 576), highNibbles(second))
                    quad &+= 1
                }
                target += 1024
                unit &+= 1
            }
        }

        @inline(always)
        private func unpackBytes(_ units: Int, _ weights: UnsafeMutableRawPointer) {
            var quad = 0
            while quad < 8 &* units {
                _mm512_storeu_si512(weights + 128 &* quad, unsignedBytes(left.bytes(32 &* quad)))
                _mm512_storeu_si512(
                    weights + (128 &* quad &+ 64), unsignedBytes(right.bytes(32 &* quad)))
                quad &+= 1
            }
        }
    }
#endif
