// SPDX-License-Identifier: Apache-2.0
import Dispatch
import ONNXErrors
import ONNXExport
import Synchronization

/// Fills the tensors of a data file from rows of a GGUF file, some megabytes at a time and on several threads.
struct MatrixFiller {
    let sink: ExternalDataSink
    let method: QuantizationRecipe.Method
    let threads: Int

    private static let chunkByteCount = 8 << 20

    /// Quantises a matrix; calls `progress` with the elements done after every chunk.
    ///
    /// - Throws: `gguf.not_finite`, `memory.insufficient`, and what the sink throws.
    func fill(
        _ rows: GGUFRows, importance: [Float]?, format: MatrixFormat, weight: Int, scales: Int,
        zeroPoints: Int?,
        progress: (Int) -> Void
    ) throws(ONNXError) {
        let blockCount = (rows.columns + MatrixFormat.blockSize - 1) / MatrixFormat.blockSize
        let dataStride = blockCount * MatrixFormat.blockSize * format.bits / 8
        let scaleStride = blockCount * 4
        let zeroStride = zeroPoints == nil ? 0 : (blockCount * format.bits + 7) / 8
        let chunk = chunkRows(rowByteCount: dataStride + scaleStride + rows.columns * 4)
        let data = try Scratch(byteCount: chunk * dataStride)
        let scaleData = try Scratch(byteCount: chunk * scaleStride)
        let zeroData = try Scratch(byteCount: chunk * zeroStride)
        let quantizer = BlockQuantizer(format: format, method: method)
        var done = 0
        while done < rows.count {
            let range = done..<min(rows.count, done + chunk)
            try forEach(range, columns: rows.columns) { index, values in
                guard let (type, start) = rows.row(index) else { return false }
                let place = index - range.lowerBound
                let target = data.base.advanced(by: place * dataStride).assumingMemoryBound(to: UInt8.self)
                let scale = scaleData.base.advanced(by: place * scaleStride).assumingMemoryBound(
                    to: Float.self)
                let zero =
                    zeroStride == 0
                    ? nil
                    : zeroData.base.advanced(by: place * zeroStride).assumingMemoryBound(to: UInt8.self)
                if BlockTranscoder.handles(type, format) {
                    return BlockTranscoder.copy(
                        type, start, blockCount: blockCount, data: target, scales: scale, zeroPoints: zero)
                }
                GGUFDequantizer.decode(type, start, count: rows.columns, into: values)
                func quantize(_ importance: UnsafePointer<Float>?) -> Bool {
                    quantizer.quantize(
                        values, count: rows.columns, importance: importance, data: target, scales: scale,
                        zeroPoints: zero)
                }
                guard let importance, importance.count == rows.columns else { return quantize(nil) }
                return importance.withUnsafeBufferPointer { quantize($0.baseAddress) }
            }
            try sink.write(data.prefix(range.count * dataStride), tensor: weight, at: done * dataStride)
            try sink.write(
                scaleData.prefix(range.count * scaleStride), tensor: scales, at: done * scaleStride)
            if let zeroPoints {
                try sink.write(
                    zeroData.prefix(range.count * zeroStride), tensor: zeroPoints, at: done * zeroStride)
            }
            progress(range.count * rows.columns)
            done = range.upperBound
        }
    }

    /// Writes rows as float32.
    ///
    /// - Throws: `gguf.not_finite`, `memory.insufficient`, and what the sink throws.
    func fill(_ rows: GGUFRows, floats tensor: Int, progress: (Int) -> Void) throws(ONNXError) {
        let stride = rows.columns * 4
        let chunk = chunkRows(rowByteCount: stride)
        let data = try Scratch(byteCount: chunk * stride)
        var done = 0
        while done < rows.count {
            let range = done..<min(rows.count, done + chunk)
            try forEach(range, columns: 0) { index, _ in
                guard let (type, start) = rows.row(index) else { return false }
                let target = data.base.advanced(by: (index - range.lowerBound) * stride)
                    .assumingMemoryBound(to: Float.self)
                GGUFDequantizer.decode(type, start, count: rows.columns, into: target)
                return (0..<rows.columns).allSatisfy { target[$0].isFinite }
            }
            try sink.write(data.prefix(range.count * stride), tensor: tensor, at: done * stride)
            progress(range.count * rows.columns)
            done = range.upperBound
        }
    }

    private func chunkRows(rowByteCount: Int) -> Int {
        max(1, Self.chunkByteCount / max(1, rowByteCount))
    }

    /// Calls `body` once for each row, with room for `columns` floats.
    private func forEach(
        _ range: Range<Int>, columns: Int, _ body: @Sendable (Int, UnsafeMutablePointer<Float>) -> Bool
    ) throws(ONNXError) {
        let strips = max(1, min(threads, range.count))
        let failed = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: strips) { strip in
            let lower = range.lowerBound + range.count * strip / strips
            let upper = range.lowerBound + range.count * (strip + 1) / strips
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, columns)) { buffer in
                guard let values = buffer.baseAddress else { return }
                for row in lower..<upper where !body(row, values) {
                    failed.store(true, ordering: .relaxed)
                    return
                }
            }
        }
        guard !failed.load(ordering: .relaxed) else {
            throw ONNXError("gguf.not_finite", "A weight is infinite or not a number.")
        }
    }
}

/// Memory for one chunk, freed with this value.
// Safety: threads write disjoint rows of it, and it is read only when they have ended.
private final class Scratch: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    private let byteCount: Int

    init(byteCount: Int) throws(ONNXError) {
        self.byteCount = byteCount
        base = UnsafeMutableRawPointer.allocate(byteCount: max(64, byteCount), alignment: 64)
    }

    deinit { base.deallocate() }

    func prefix(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
