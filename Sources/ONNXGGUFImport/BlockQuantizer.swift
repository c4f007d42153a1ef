// SPDX-License-Identifier: Apache-2.0
package import ONNXExport

/// Quantises rows of floats to the blocks of `MatMulNBits`.
package struct BlockQuantizer: Sendable {
    package let format: MatrixFormat
    package let method: QuantizationRecipe.Method

    package init(format: MatrixFormat, method: QuantizationRecipe.Method) {
        self.format = format
        self.method = method
    }

    /// The scale and zero point of a block.
    struct Choice {
        var scale: Float
        var zeroPoint: Int
    }

    /// Quantises one row; the last block is padded with zeros.
    ///
    /// - Parameters:
    ///   - importance: what a squared error of each element counts in a search; nil for all the same.
    ///   - data: `blocks × 32 × bits / 8` bytes, low bits first.
    ///   - scales: one per block.
    ///   - zeroPoints: packed like the data, one per block; nil for the middle of the range.
    /// - Returns: false when an element is not finite; the outputs are then undefined.
    package func quantize(
        _ row: UnsafePointer<Float>, count: Int, importance: UnsafePointer<Float>?,
        data: UnsafeMutablePointer<UInt8>,
        scales: UnsafeMutablePointer<Float>, zeroPoints: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        let length = MatrixFormat.blockSize
        let blockCount = (count + length - 1) / length
        let byteCount = length * format.bits / 8
        return withUnsafeTemporaryAllocation(of: BlockSearch.Lanes.self, capacity: 2 * BlockSearch.laneCount)
        {
            guard let lanes = $0.baseAddress else { return false }
            let values = UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Float.self)
            let weights = values.advanced(by: length)
            for block in 0..<blockCount {
                for index in 0..<length {
                    let position = block * length + index
                    let value = position < count ? row[position] : 0
                    guard value.isFinite else { return false }
                    values[index] = value
                    weights[index] = position < count ? importance?[position] ?? 1 : 0
                }
                let choice = choose(values, lanes)
                scales[block] = choice.scale
                encode(values, choice, into: data.advanced(by: block * byteCount))
                guard let zeroPoints else { continue }
                if format.bits == 8 {
                    zeroPoints[block] = UInt8(choice.zeroPoint)
                } else {
                    let nibble = UInt8(choice.zeroPoint) << UInt8(block % 2 * 4)
                    zeroPoints[block / 2] = (block % 2 == 0 ? 0 : zeroPoints[block / 2]) | nibble
                }
            }
            return true
        }
    }

    /// - Parameter lanes: the same elements as vectors, followed by their weights.
    private func choose(_ values: UnsafePointer<Float>, _ lanes: UnsafePointer<BlockSearch.Lanes>) -> Choice {
        if format.bits == 8 { return symmetric(values, levels: 127, zeroPoint: 128) }
        switch method {
        case .symmetric: return signedMaximum(values)
        case .minMax: return minMax(values)
        case .search:
            return BlockSearch.choose(
                lanes, weights: lanes.advanced(by: BlockSearch.laneCount), start: minMax(values))
        }
    }

    private func symmetric(_ values: UnsafePointer<Float>, levels: Float, zeroPoint: Int) -> Choice {
        var largest: Float = 0
        for index in 0..<MatrixFormat.blockSize { largest = Swift.max(largest, abs(values[index])) }
        return Choice(scale: largest / levels, zeroPoint: zeroPoint)
    }

    private func signedMaximum(_ values: UnsafePointer<Float>) -> Choice {
        var extreme: Float = 0
        for index in 0..<MatrixFormat.blockSize where abs(values[index]) > abs(extreme) {
            extreme = values[index]
        }
        return Choice(scale: extreme / -8, zeroPoint: 8)
    }

    private func minMax(_ values: UnsafePointer<Float>) -> Choice {
        var least: Float = 0
        var greatest: Float = 0
        for index in 0..<MatrixFormat.blockSize {
            least = Swift.min(least, values[index])
            greatest = Swift.max(greatest, values[index])
        }
        let scale = greatest / 15 - least / 15
        guard scale > 0 else { return Choice(scale: 0, zeroPoint: 8) }
        return Choice(scale: scale, zeroPoint: Int((-least / scale).rounded()))
    }

    private func encode(
        _ values: UnsafePointer<Float>, _ choice: Choice, into data: UnsafeMutablePointer<UInt8>
    ) {
        let greatest = Float(format.bits == 8 ? 255 : 15)
        let inverse = choice.scale == 0 ? 0 : 1 / choice.scale
        func code(_ index: Int) -> UInt8 {
            let level = (values[index] * inverse).rounded(.toNearestOrEven) + Float(choice.zeroPoint)
            // A scale so small that its inverse is infinite must not reach the conversion as NaN.
            guard level >= 0 else { return 0 }
            return UInt8(Swift.min(level, greatest))
        }
        if format.bits == 8 {
            for index in 0..<MatrixFormat.blockSize { data[index] = code(index) }
        } else {
            for index in 0..<MatrixFormat.blockSize / 2 {
                data[index] = code(2 * index) | code(2 * index + 1) << 4
            }
        }
    }
}
