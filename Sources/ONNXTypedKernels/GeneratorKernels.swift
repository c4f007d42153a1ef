// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// Zeroes a matrix and writes `one` along the diagonal whose columns lie `offset` beyond the rows.
    package static func diagonal(_ output: Tensor, one: Tensor, offset: Int) {
        let size = output.elementType.bitWidth / 8
        let (rows, columns) = (output.shape[0], output.shape[1])
        let to = output.mutableBaseAddress
        to.initializeMemory(as: UInt8.self, repeating: 0, count: output.byteCount)
        let shift = min(max(offset, -rows), columns)
        for row in 0..<rows where row + shift >= 0 && row + shift < columns {
            to.advanced(by: (row * columns + row + shift) * size).copyMemory(
                from: one.baseAddress, byteCount: size)
        }
    }

    /// How many numbers lie from `start` to `limit` in steps of `delta`.
    ///
    /// - Throws: `op.attr` for a delta of 0 and for bounds that are no numbers; `tensor.overflow`.
    package static func rangeCount(start: Tensor, limit: Tensor, delta: Tensor) throws(ONNXError) -> Int {
        if !start.elementType.isFloatingPoint {
            guard let first = try start.integers().first, let last = try limit.integers().first,
                let step = try delta.integers().first
            else { throw ONNXError("op.shape", "Start, limit and delta are scalars.") }
            guard step != 0 else { throw ONNXError("op.attr", "The delta is 0.") }
            let (distance, overflow) = last.subtractingReportingOverflow(first)
            guard !overflow else {
                throw ONNXError(
                    "tensor.overflow", "The distance from \(first) to \(last) does not fit in 64 bits.")
            }
            guard distance != 0, (distance > 0) == (step > 0) else { return 0 }
            return Int(clamping: (distance.magnitude - 1) / step.magnitude + 1)
        }
        let workers = try WorkerPool(threadCount: 1)
        let values = [start, limit, delta]
        var doubles: [Double] = []
        for value in values {
            doubles += try converted(value, to: .float64, workers: workers).values(as: Double.self)
        }
        let count = ((doubles[1] - doubles[0]) / doubles[2]).rounded(.up)
        guard doubles[2] != 0, count == count else {
            throw ONNXError(
                "op.attr", "From \(doubles[0]) to \(doubles[1]) in steps of \(doubles[2]) is no range.")
        }
        return max(0, Int(Int64(saturating: count)))
    }

    /// `output[i] = start + i × delta`; integers wrap.
    package static func range(start: Tensor, delta: Tensor, into output: Tensor) throws(ONNXError) {
        try dispatch(
            output.elementType, RangeWork(start: start, delta: delta, output: output), in: "Range")
    }
}

private struct RangeWork: NumericWork {
    let start: Tensor
    let delta: Tensor
    let output: Tensor

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let first = start.pointer(to: type)[0]
        let step = delta.pointer(to: type)[0]
        let to = output.mutablePointer(to: type)
        for i in 0..<output.shape.elementCount {
            to[i] = first.adding(step.multiplied(by: Element(truncating: i)))
        }
    }
}

extension NumericElement {
    /// An index as an element: the nearest floating-point number, or the low bits.
    @inline(__always)
    init(truncating index: Int) {
        self = Self(exactly: index) ?? Self(saturating: Double(index))
    }
}
