// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels

/// Dequantises runs of elements of a block-quantised tensor.
struct BlockQuantizedReader {
    /// How elements, scales and zero points lie.
    struct Layout {
        let bits: Int
        /// Values and zero points are two's complement.
        let isSigned: Bool
        /// Elements along the quantised axis.
        let axisLength: Int
        /// Elements behind it.
        let innerCount: Int
        let blockSize: Int
        let blocks: Int
        /// Bytes of one row's zero points, where rows are padded to whole bytes; nil where they follow each other.
        let zeroPointRowByteCount: Int?
        let defaultZeroPoint: Int
    }

    let values: UnsafeRawBufferPointer
    let scales: UnsafePointer<Float>
    let zeroPoints: UnsafeRawBufferPointer?
    let layout: Layout

    /// The data as a table of rows for the kernel: nil unless blocks lie along the innermost axis and all rows start
    /// on a byte.
    func rows(elementCount: Int, scaleCount: Int) throws(ONNXError) -> QuantizedRows? {
        let length = layout.axisLength
        let perByte = 8 / layout.bits
        let hasByteRows = layout.zeroPointRowByteCount != nil || layout.blocks % perByte == 0
        guard layout.innerCount == 1, length > 0, length % perByte == 0, zeroPoints == nil || hasByteRows
        else { return nil }
        return try QuantizedRows(
            rows: elementCount / length, columns: length,
            source: .init(
                bits: layout.bits, isSigned: layout.isSigned, blockSize: layout.blockSize, values: values,
                scales: UnsafeBufferPointer(start: scales, count: scaleCount), zeroPoints: zeroPoints,
                defaultZeroPoint: layout.defaultZeroPoint))
    }

    /// Writes the elements of a range of linear indices, which the caller has checked, one by one.
    func read(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
        for index in range { target[index - range.lowerBound] = element(index) }
    }

    private func element(_ index: Int) -> Float {
        let inner = index % layout.innerCount
        let along = index / layout.innerCount % layout.axisLength
        let outer = index / layout.innerCount / layout.axisLength
        let block = (outer * layout.blocks + along / layout.blockSize) * layout.innerCount + inner
        var zero = layout.defaultZeroPoint
        if let zeroPoints {
            // Only rows along an innermost axis are padded: the block's place in its row is its own index.
            let row = layout.zeroPointRowByteCount.map { block / layout.blocks * $0 * (8 / layout.bits) }
            zero = packed(zeroPoints, row.map { $0 + block % layout.blocks } ?? block)
        }
        return Float(packed(values, index) - zero) * scales[block]
    }

    private func packed(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int {
        let perByte = 8 / layout.bits
        let shift = UInt8(index % perByte * layout.bits)
        let raw = Int(bytes[index / perByte] >> shift) & ((1 << layout.bits) - 1)
        return layout.isSigned && raw >= 1 << (layout.bits - 1) ? raw - (1 << layout.bits) : raw
    }
}
