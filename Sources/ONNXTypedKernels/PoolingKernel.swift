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
        let origins = walk.origins(0..<positions)
        let offsets = walk.offsets
        let rank = walk.rank
        let planes = input.shape[0] * input.shape[1]
        origins.withUnsafeBufferPointer { origins in
            offsets.withUnsafeBufferPointer { offsets in
                guard let origin = origins.baseAddress, let offset = offsets.baseAddress else { return }
                TypedKernels.inParallel(workers, count: planes, grain: max(1, 16_384 / max(1, positions))) {
                    range in
                    for plane in range {
                        for position in 0..<positions {
                            let (value, place) = self.value(
                                x + plane * walk.inputSize, origin + position * rank, offset)
                            y[plane * positions + position] = value
                            marks?[plane * positions + position] =
                                Int64(plane * walk.inputSize + (isColumnMajor ? turned(place) : place))
                        }
                    }
                }
            }
        }
    }

    /// What becomes of one window, and the index of its maximum in the plane.
    @inline(__always)
    private func value<Element: FloatElement>(
        _ x: UnsafePointer<Element>, _ origin: UnsafePointer<Int>, _ offsets: UnsafePointer<Int>
    ) -> (Element, Int) {
        var result: Element = operation == .maximum ? -.infinity : 0
        var place = 0
        var count = 0
        for element in 0..<walk.kernelSize {
            let offset = offsets + element * walk.rank
            let index = walk.index(origin, offset)
            switch operation {
            case .maximum:
                guard index >= 0 else { continue }
                let isGreater = x[index] > result || (x[index].isNaN && !result.isNaN)
                if count == 0 || isGreater { (result, place) = (x[index], index) }
                count += 1
            case .average(let includesPadding):
                if index >= 0 { result += x[index] }
                if index >= 0 || includesPadding && isInPadding(origin, offset) { count += 1 }
            case .norm(let p):
                guard index >= 0 else { continue }
                result +=
                    p == 1
                    ? x[index].magnitude
                    : p == 2
                        ? x[index] * x[index] : Element.power(x[index].magnitude, Element(p))
            }
        }
        switch operation {
        case .maximum: return (result, place)
        case .average: return (count == 0 ? 0 : result / Element(count), 0)
        case .norm(let p):
            let root = p == 1 ? result : p == 2 ? result.squareRoot() : Element.power(result, 1 / Element(p))
            return (root, 0)
        }
    }

    /// Whether a position outside the input lies in the padding, not behind it.
    private func isInPadding(_ origin: UnsafePointer<Int>, _ offset: UnsafePointer<Int>) -> Bool {
        for axis in 0..<walk.rank where origin[axis] + offset[axis] >= walk.input[axis] + walk.padEnd[axis] {
            return false
        }
        return true
    }

    /// The index with the first axis fastest.
    private func turned(_ index: Int) -> Int {
        let position = SpatialWalk.position(index, in: walk.input)
        return position.indices.reversed().reduce(0) { $0 * walk.input[$1] + position[$1] }
    }
}
