// SPDX-License-Identifier: Apache-2.0
import CONNXKernelABI
package import ONNXErrors

/// A block-quantised table `[rows, columns]` in the layout of the model file, for embeddings: rows are dequantised
/// one by one. Borrows its memory.
package struct QuantizedRows {
    package let rows: Int
    package let columns: Int
    private let source: Source
    private let kernels: KernelSet

    /// What the table is made of; memory may be at any alignment except the scales, which are floats.
    package struct Source {
        /// 2, 4 or 8, packed low bits first.
        package var bits: Int
        /// Values are two's complement (int4, int8).
        package var isSigned: Bool
        package var blockSize: Int
        /// `[rows, ceil(columns * bits / 8)]`.
        package var values: UnsafeRawBufferPointer
        /// `[rows, ceil(columns / blockSize)]`.
        package var scales: UnsafeBufferPointer<Float>
        /// Packed like the values, each row padded to whole bytes.
        package var zeroPoints: UnsafeRawBufferPointer?
        /// The zero point where ``zeroPoints`` is nil.
        package var defaultZeroPoint: Int

        package init(
            bits: Int, isSigned: Bool, blockSize: Int, values: UnsafeRawBufferPointer,
            scales: UnsafeBufferPointer<Float>, zeroPoints: UnsafeRawBufferPointer?, defaultZeroPoint: Int
        ) {
            self.bits = bits
            self.isSigned = isSigned
            self.blockSize = blockSize
            self.values = values
            self.scales = scales
            self.zeroPoints = zeroPoints
            self.defaultZeroPoint = defaultZeroPoint
        }
    }

    /// - Throws: `kernel.quantized_rows` for sizes or lengths that do not fit together.
    package init(rows: Int, columns: Int, source: Source, kernels: KernelSet = .current) throws(ONNXError) {
        func refuse(_ what: String) -> ONNXError {
            ONNXError(
                "kernel.quantized_rows", "A quantised table [\(rows), \(columns)] cannot be read: \(what).")
        }
        guard [2, 4, 8].contains(source.bits) else {
            throw refuse("\(source.bits) bits; 2, 4 or 8 are supported")
        }
        guard source.blockSize > 0, source.blockSize < 1 << 32 else {
            throw refuse("block size \(source.blockSize)")
        }
        guard rows >= 0, columns >= 0, rows < 1 << 40, columns < 1 << 40 else {
            throw refuse("size out of range")
        }
        guard (-128...255).contains(source.defaultZeroPoint) else {
            throw refuse("zero point \(source.defaultZeroPoint)")
        }
        self.rows = rows
        self.columns = columns
        self.source = source
        self.kernels = kernels
        let (valueBytes, overflow) = rows.multipliedReportingOverflow(by: valueBytesPerRow)
        guard !overflow, source.values.count == valueBytes else {
            throw refuse("its values have \(source.values.count) bytes, not \(valueBytesPerRow) a row")
        }
        let (blocks, blocksOverflow) = rows.multipliedReportingOverflow(by: blocksPerRow)
        guard !blocksOverflow, source.scales.count == blocks else {
            throw refuse("it has \(source.scales.count) scales, not \(blocksPerRow) a row")
        }
        if let zeros = source.zeroPoints {
            let (zeroBytes, zerosOverflow) = rows.multipliedReportingOverflow(by: zeroBytesPerRow)
            guard !zerosOverflow, zeros.count == zeroBytes else {
                throw refuse("its zero points have \(zeros.count) bytes, not \(zeroBytesPerRow) a row")
            }
        }
    }

    /// Bytes of a row's values.
    package var valueBytesPerRow: Int { (columns * source.bits + 7) / 8 }
    /// Scales of a row.
    package var blocksPerRow: Int { columns / source.blockSize + (columns % source.blockSize == 0 ? 0 : 1) }
    /// Bytes of a row's zero points.
    package var zeroBytesPerRow: Int { (blocksPerRow * source.bits + 7) / 8 }

    /// Writes row `row` as `columns` floats, `(q - zero) * scale`; the row must exist.
    package func dequantize(row: Int, into y: UnsafeMutablePointer<Float>) {
        precondition((0..<rows).contains(row), "a row outside the table")
        guard columns > 0, let values = source.values.baseAddress, let scales = source.scales.baseAddress
        else {
            return
        }
        let zeros = source.zeroPoints?.baseAddress.map { $0 + row * zeroBytesPerRow }
        dequantize(
            values: values + row * valueBytesPerRow, scales: scales + row * blocksPerRow, zeroPoints: zeros,
            into: y)
    }

    /// As ``dequantize(row:into:)``, for a row of the table that has been copied elsewhere.
    package func dequantize(
        values: UnsafeRawPointer, scales: UnsafePointer<Float>, zeroPoints: UnsafeRawPointer?,
        into y: UnsafeMutablePointer<Float>
    ) {
        var args = onnxlm_dequantize_row_args(
            values: values.assumingMemoryBound(to: UInt8.self), scales: scales,
            zero_points: zeroPoints?.assumingMemoryBound(to: UInt8.self),
            bits: Int32(source.bits), default_zero_point: Int32(source.defaultZeroPoint),
            is_signed: source.isSigned ? 1 : 0, block_size: Int64(source.blockSize), columns: Int64(columns),
            y: y)
        kernels.dequantizeRow(&args)
    }
}
