// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// What a pool makes of a window.
package enum PoolOperation: Sendable, Hashable {
    case maximum
    /// Over the input's elements in the window, or over those of the padding too.
    case average(includesPadding: Bool)
    /// `(Σ |x|ᵖ)^(1 ÷ p)`.
    case norm(p: Int)
}

extension TypedKernels {
    /// Pools `[batch, channels, …]` over its spatial dimensions; float32 or float64.
    ///
    /// - Parameters:
    ///   - indices: receives, as int64, the linear index of each maximum in the whole input; nil where it is not asked
    ///     for.
    ///   - isColumnMajor: whether that index counts the first spatial axis fastest.
    package static func pool(
        _ operation: PoolOperation, _ input: Tensor, _ walk: SpatialWalk, into output: Tensor,
        indices: Tensor?,
        isColumnMajor: Bool, workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = PoolingWork(
            operation: operation, input: input, walk: walk, output: output, indices: indices,
            isColumnMajor: isColumnMajor, workers: workers)
        try dispatchFloat(input.elementType, work, in: "Pool")
        withExtendedLifetime((input, output, indices)) {}
    }
}

private struct PoolingWork: FloatWork {
    let operation: PoolOperation
    let input: Tensor
    let walk: SpatialWalk
    let output: Tensor
    let indices: Tensor?
    let isColumnMajor: Bool
    let workers: WorkerPool

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let x = input.pointer(to: type)
        let y = output.mutablePointer(to: type)
        let marks = indices?.mutablePointer(to: Int64.self)
        let positions = walk.outputSize
        let size = walk.inputSize
        let planes = input.shape[0] * input.shape[1]
        TypedKernels.inParallel(workers, count: planes, grain: max(1, 16_384 / max(1, positions))) { range in
            withUnsafeTemporaryAllocation(of: PoolingSpan.self, capacity: walk.rank) { spans in
                for plane in range {
                    for position in 0..<positions {
                        let (value, place) = self.value(x + plane * size, locate(position, spans), spans)
                        y[plane * positions + position] = value
                        marks?[plane * positions + position] =
                            Int64(plane * size + (isColumnMajor ? turned(place) : place))
                    }
                }
            }
        }
    }

    /// Finds which of a window's elements lie inside the input, by axis; their number is none, or the count with what
    /// the padding adds.
    @inline(__always)
    private func locate(_ position: Int, _ spans: UnsafeMutableBufferPointer<PoolingSpan>) -> Int {
        var rest = position
        var padded = 1
        for axis in (0..<walk.rank).reversed() {
            let (dilation, kernel, length) = (walk.dilations[axis], walk.kernel[axis], walk.input[axis])
            let origin = rest % walk.output[axis] * walk.strides[axis] - walk.padBegin[axis]
            rest /= walk.output[axis]
            let first = origin < 0 ? (dilation - 1 - origin) / dilation : 0
            let end = origin < length ? min(kernel, (length - 1 - origin) / dilation + 1) : 0
            spans[axis] = PoolingSpan(
                start: origin + first * dilation, step: dilation, count: max(0, end - first))
            // What lies behind the padding does not count.
            let bound = length + walk.padEnd[axis]
            let inside = origin < bound ? min(kernel, (bound - 1 - origin) / dilation + 1) : 0
            padded = padded.multipliedReportingOverflow(by: inside).overflow ? .max : padded * inside
        }
        return padded
    }

    /// What becomes of one window, and the index of its maximum in the plane.
    @inline(__always)
    private func value<Element: FloatElement>(
        _ x: UnsafePointer<Element>, _ padded: Int, _ spans: UnsafeMutableBufferPointer<PoolingSpan>
    ) -> (Element, Int) {
        var result: Element = operation == .maximum ? -.infinity : 0
        var place = 0
        var count = 0
        forEachElement(spans) { index in
            count += 1
            switch operation {
            case .maximum:
                let isGreater = x[index] > result || (x[index].isNaN && !result.isNaN)
                if count == 1 || isGreater { (result, place) = (x[index], index) }
            case .average: result += x[index]
            case .norm(let p):
                result +=
                    p == 1
                    ? x[index].magnitude
                    : p == 2
                        ? x[index] * x[index] : Element.power(x[index].magnitude, Element(p))
            }
        }
        switch operation {
        case .maximum: return (result, place)
        case .average(let includesPadding):
            let divisor = includesPadding ? padded : count
            return (divisor == 0 ? 0 : result / Element(divisor), 0)
        case .norm(let p):
            let root = p == 1 ? result : p == 2 ? result.squareRoot() : Element.power(result, 1 / Element(p))
            return (root, 0)
        }
    }

    /// Calls `body` with the linear index of each of a window's elements inside the input, in row-major order.
    @inline(__always)
    private func forEachElement(
        _ spans: UnsafeMutableBufferPointer<PoolingSpan>, _ body: (Int) -> Void
    ) {
        let last = walk.rank - 1
        for axis in 0...last {
            if spans[axis].count == 0 { return }
            spans[axis].index = 0
        }
        while true {
            var base = 0
            for axis in 0..<last { base = base * walk.input[axis] + spans[axis].position }
            base = base * walk.input[last] + spans[last].start
            for index in 0..<spans[last].count { body(base + index * spans[last].step) }
            var axis = last - 1
            while axis >= 0 {
                spans[axis].index += 1
                if spans[axis].index < spans[axis].count { break }
                spans[axis].index = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }

    /// The index with the first axis fastest.
    private func turned(_ index: Int) -> Int {
        let position = SpatialWalk.position(index, in: walk.input)
        return position.indices.reversed().reduce(0) { $0 * walk.input[$1] + position[$1] }
    }
}

/// The part of a window that lies inside the input, on one axis.
private struct PoolingSpan {
    /// The input position of the first element inside.
    let start: Int
    let step: Int
    let count: Int
    var index = 0

    var position: Int { start + index * step }
}
