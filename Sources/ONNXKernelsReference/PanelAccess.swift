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

    /// The scales of a block, then its zero points.
    private func parameters(_ block: Int) -> UnsafeRawPointer {
        let perRecord = layout.block_size < 32 ? 2 : 1
        let record = block / perRecord * Int(layout.record_byte_count)
        let place = unitsPerRecord * unitByteCount + block % perRecord * Int(layout.parameter_byte_count)
        return UnsafeRawPointer(panel + (record + place))
    }

    /// The scale of a block of a column.
    package func scale(block: Int, column: Int) -> Float {
        let scales = parameters(block)
        if layout.scale_type == ONNXLM_SCALE_F16 {
            return Self.float(
                normalHalf: scales.loadUnaligned(fromByteOffset: column * 2, as: UInt16.self))
        }
        return scales.loadUnaligned(fromByteOffset: column * 4, as: Float.self)
    }

    /// The value of a float16 that is zero or normal, which is all that a packed matrix holds.
    private static func float(normalHalf bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let rest = UInt32(bits & 0x7FFF)
        return Float(bitPattern: rest == 0 ? sign : sign | (rest << 13 &+ 112 << 23))
    }

    /// The zero point of a block of a column; whole numbers unless the layout stores floats.
    package func zeroPoint(block: Int, column: Int) -> Float {
        let zeros = parameters(block) + (layout.scale_type == ONNXLM_SCALE_F16 ? 16 : 32)
        switch layout.zero_point_kind {
        case ONNXLM_ZERO_POINT_U8: return Float(zeros.load(fromByteOffset: column, as: UInt8.self))
        case ONNXLM_ZERO_POINT_F32: return zeros.loadUnaligned(fromByteOffset: column * 4, as: Float.self)
        default: return layout.bits == 4 ? 8 : 128
        }
    }
}
