// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI

/// One of the eight columns of a panel of `onnxlm_panel_layout`, to be written.
struct PanelColumn {
    private let panel: UnsafeMutableRawPointer
    private let column: Int
    private let unitsPerRecord: Int
    private let unitBytes: Int
    private let recordBytes: Int
    /// From the parameters of a block with an even number to those of the next, and from one with an odd number.
    private let blockSteps: (Int, Int)

    @inline(__always)
    init(
        of panel: UnsafeMutableRawPointer, _ column: Int, _ header: PackedMatrixHeader,
        _ layout: onnxlm_panel_layout
    ) {
        self.panel = panel
        self.column = column
        unitsPerRecord = header.unitsPerRecord
        unitBytes = header.unitByteCount
        recordBytes = Int(layout.record_byte_count)
        let parameterBytes = Int(layout.parameter_byte_count)
        // A record has two blocks of 16, or one.
        blockSteps =
            header.blockSize < 32
            ? (parameterBytes, recordBytes - parameterBytes) : (recordBytes, recordBytes)
    }

    /// Hands out units with their numbers.
    @inline(__always)
    func forEachUnit(in units: Range<Int>, _ body: (_ unit: Int, _ target: UnitColumn) -> Void) {
        var within = units.lowerBound % unitsPerRecord
        var target =
            panel + (units.lowerBound / unitsPerRecord * recordBytes + within * unitBytes + column * 4)
        let parameterBytes = recordBytes - unitsPerRecord * unitBytes
        var unit = units.lowerBound
        while unit < units.upperBound {
            body(unit, UnitColumn(start: target))
            target += unitBytes
            unit &+= 1
            within &+= 1
            if within == unitsPerRecord {
                within = 0
                target += parameterBytes
            }
        }
    }

    /// Hands out the first `count` blocks, with where the parameters of all columns begin.
    @inline(__always)
    func forEachBlock(_ count: Int, _ body: (_ block: Int, _ parameters: UnsafeMutableRawPointer) -> Void) {
        var target = panel + unitsPerRecord * unitBytes
        var block = 0
        while block < count {
            body(block, target)
            target += block & 1 == 0 ? blockSteps.0 : blockSteps.1
            block &+= 1
        }
    }

    /// Stores this column's one of eight parameters.
    @inline(__always)
    func store<Parameter: FixedWidthInteger & BitwiseCopyable>(
        _ value: Parameter, to parameters: UnsafeMutableRawPointer
    ) {
        parameters.storeBytes(
            of: value, toByteOffset: column &* MemoryLayout<Parameter>.size, as: Parameter.self)
    }
}
