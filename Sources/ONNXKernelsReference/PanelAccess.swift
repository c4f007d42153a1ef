// SPDX-License-Identifier: Apache-2.0
package import CONNXKernelABI

/// Reads single elements of a packed panel; see `onnxlm_panel_layout`.
package struct PanelAccess {
    let panel: UnsafePointer<UInt8>
    let layout: onnxlm_panel_layout

    package init(panel: UnsafePointer<UInt8>, layout: onnxlm_panel_layout) {
        self.panel = panel
        self.layout = layout
    }

    private var unitByteCount: Int { layout.bits == 4 ? 128 : 256 }

    private var unitsPerRecord: Int { max(1, Int(layout.block_size) / 32) }

    private func unit(_ index: Int) -> UnsafePointer<UInt8> {
        let record = index / unitsPerRecord
        return panel + (record * Int(layout.record_byte_count) + index % unitsPerRecord * unitByteCount)
    }

    /// The stored value of an input as 0...15 or 0...255.
    package func quantised(input: Int, column: Int) -> Int32 {
        let bytes = unit(input / 32)
        let within = input % 32
        if layout.bits == 4 {
            let byte = bytes[within % 16 / 4 * 32 + column * 4 + within % 4]
            return Int32(within < 16 ? byte & 15 : byte >> 4)
        }
        return Int32(bytes[within / 4 * 32 + column * 4 + within % 4] ^ 0x80)
    }

    /// The scale of a block of a column.
    package func scale(block: Int, column: Int) -> Float {
        let perRecord = layout.block_size < 32 ? 2 : 1
        let scales =
            panel + (block / perRecord * Int(layout.record_byte_count) + unitsPerRecord * unitByteCount)
        let index = block % perRecord * 8 + column
        if layout.scale_type == ONNXLM_SCALE_F16 {
            let bits = UnsafeRawPointer(scales).loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            return Self.float(normalHalf: bits)
        }
        return UnsafeRawPointer(scales).loadUnaligned(fromByteOffset: index * 4, as: Float.self)
    }

    /// The value of a float16 that is zero or normal, which is all that a packed matrix holds.
    private static func float(normalHalf bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let rest = UInt32(bits & 0x7FFF)
        return Float(bitPattern: rest == 0 ? sign : sign | (rest << 13 &+ 112 << 23))
    }

    /// The zero point of a block of a column; whole numbers unless the layout stores floats.
    package func zeroPoint(block: Int, column: Int) -> Float {
        let zeros = UnsafeRawPointer(panel) + Int(layout.zero_points_byte_offset)
        let index = block * 8 + column
        switch layout.zero_point_kind {
        case ONNXLM_ZERO_POINT_U8: return Float(zeros.load(fromByteOffset: index, as: UInt8.self))
        case ONNXLM_ZERO_POINT_F32: return zeros.loadUnaligned(fromByteOffset: index * 4, as: Float.self)
        default: return layout.bits == 4 ? 8 : 128
        }
    }
}
