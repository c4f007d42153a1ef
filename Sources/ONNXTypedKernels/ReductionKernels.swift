// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// How a group of elements becomes one.
package enum Reduction: Sendable {
    case sum, mean, maximum, minimum, product, l1, l2, sumOfSquares, logOfSum, logOfSumOfExponentials
}

extension TypedKernels {
    /// Reduces `input` over `axes` (each in range, none twice) into `output`, which has the elements of the other
    /// axes in order.
    ///
    /// Each output adds its elements in row-major order, whatever the threads. Nothing to reduce gives 0 for sums,
    /// 1 for a product, −∞ or the least value for a maximum, +∞ or the greatest for a minimum, NaN for the mean of a
    /// floating-point type. Any number type of at least 8 bits but the 16-bit floats; bool for maximum and minimum.
    package static func reduce(
        _ reduction: Reduction, _ input: Tensor, axes: [Int], into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = ReductionRun(input: input, axes: Set(axes), output: output, workers: workers)
        switch input.elementType {
        case .float32: work(reduction, Float.self)
        case .float64: work(reduction, Double.self)
        case .int8: work(reduction, Int8.self)
        case .int16: work(reduction, Int16.self)
        case .int32: work(reduction, Int32.self)
        case .int64: work(reduction, Int64.self)
        case .uint8, .bool: work(reduction, UInt8.self)
        case .uint16: work(reduction, UInt16.self)
        case .uint32: work(reduction, UInt32.self)
        case .uint64: work(reduction, UInt64.self)
        default: throw unsupported(input.elementType, in: "Reduction")
        }
        if input.elementType == .bool {
            // The start of a minimum over nothing is 255.
            let bytes = output.mutablePointer(to: UInt8.self)
            for i in 0..<output.shape.elementCount where bytes[i] != 0 { bytes[i] = 1 }
        }
    }
}

private struct ReductionRun {
    let input: Tensor
    let axes: Set<Int>
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: SummableElement>(_ reduction: Reduction, _ type: Element.Type) {
        switch reduction {
        case .sum: run(SumReduction<Element>.self)
        case .mean: run(MeanReduction<Element>.self)
        case .maximum: run(MaximumReduction<Element>.self)
        case .minimum: run(MinimumReduction<Element>.self)
        case .product: run(ProductReduction<Element>.self)
        case .l1: run(L1Reduction<Element>.self)
        case .l2: run(L2Reduction<Element>.self)
        case .sumOfSquares: run(SumOfSquaresReduction<Element>.self)
        case .logOfSum: run(LogOfSumReduction<Element>.self)
        case .logOfSumOfExponentials: run(LogOfSumOfExponentialsReduction<Element>.self)
        }
    }

    private func run<Function: ReductionFunction>(_ function: Function.Type) {
        let strides = input.shape.strides
        let all = 0..<input.shape.rank
        let keptAxes = all.filter { !axes.contains($0) }
        let reducedAxes = all.filter { axes.contains($0) }
        let kept = BroadcastPlan(
            dimensions: keptAxes.map { input.shape[$0] }, strides: [keptAxes.map { strides[$0] }])
        let reducedCount = reducedAxes.reduce(1) { $0 * input.shape[$1] }
        let reduced = BroadcastPlan(
            dimensions: reducedAxes.map { input.shape[$0] }, strides: [reducedAxes.map { strides[$0] }])
        let from = input.pointer(to: Function.Element.self)
        let to = output.mutablePointer(to: Function.Element.self)
        let length = kept.rowLength
        let step = kept.rowStride(0)
        let count = output.shape.elementCount
        let grain = max(1, TypedKernels.parallelGrain / max(1, reducedCount))
        TypedKernels.inParallel(workers, count: count, grain: grain) { range in
            var cursor = kept.cursor(at: range.lowerBound / length)
            var column = range.lowerBound % length
            for index in range {
                let start = from + cursor.offsets.0 + column * step
                to[index] = total(function, start, reduced, reducedCount)
                column += 1
                if column == length {
                    column = 0
                    cursor.advance()
                }
            }
        }
    }

    @inline(__always)
    private func total<Function: ReductionFunction>(
        _ function: Function.Type, _ start: UnsafePointer<Function.Element>, _ plan: BroadcastPlan,
        _ count: Int
    ) -> Function.Element {
        var state = Function.start
        guard count > 0 else { return Function.end(state, count: 0) }
        let length = plan.rowLength
        let step = plan.rowStride(0)
        if plan.dimensions.count == 1 {
            for i in 0..<length { Function.step(&state, start[i &* step]) }
        } else {
            var cursor = plan.cursor(at: 0)
            for _ in 0..<plan.rowCount {
                let row = start + cursor.offsets.0
                for i in 0..<length { Function.step(&state, row[i &* step]) }
                cursor.advance()
            }
        }
        return Function.end(state, count: count)
    }
}
