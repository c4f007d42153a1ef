// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// A tensor seen as `[outer, length, inner]` around one axis.
package struct AxisView: Sendable {
    package let outer: Int
    package let length: Int
    package let inner: Int

    /// - Precondition: `axis` is in range. An empty tensor gives an outer of 0.
    package init(_ shape: Shape, axis: Int) {
        length = shape[axis]
        if shape.elementCount == 0 {
            outer = 0
            inner = 0
        } else {
            outer = shape.product(0..<axis)
            inner = shape.product(axis + 1..<shape.rank)
        }
    }
}

extension TypedKernels {
    /// The position of the greatest (or least) element along an axis, as int64; NaN counts as both.
    package static func argExtreme(
        _ input: Tensor, axis: Int, greatest: Bool, last: Bool, into output: Tensor
    ) throws(ONNXError) {
        let work = ArgExtremeWork(
            input: input, view: AxisView(input.shape, axis: axis), greatest: greatest, last: last,
            output: output)
        try dispatch(input.elementType, work, in: "ArgMax")
    }

    /// Running sums (or products) along an axis; integers wrap.
    package static func cumulate(
        _ input: Tensor, axis: Int, product: Bool, exclusive: Bool, reverse: Bool, into output: Tensor
    ) throws(ONNXError) {
        let work = CumulationWork(
            input: input, view: AxisView(input.shape, axis: axis), product: product, exclusive: exclusive,
            reverse: reverse, output: output)
        try dispatch(input.elementType, work, in: "CumSum")
    }

    /// The `count` greatest (or least) elements along an axis, best first, with their positions as int64.
    ///
    /// Of equal elements the one at the lower position comes first; NaN counts as the greatest.
    package static func topK(
        _ input: Tensor, axis: Int, count: Int, largest: Bool, values: Tensor?, indices: Tensor?
    ) throws(ONNXError) {
        let work = TopKWork(
            input: input, view: AxisView(input.shape, axis: axis), count: count, largest: largest,
            values: values, indices: indices)
        try dispatch(input.elementType, work, in: "TopK")
    }

    /// Softmax, or its logarithm, along an axis; float32 or float64.
    ///
    /// A row of −∞ alone gives NaN, as the formula does.
    package static func softmax(
        _ input: Tensor, axis: Int, logarithm: Bool, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        try softmax(
            input, view: AxisView(input.shape, axis: axis), logarithm: logarithm, into: output,
            workers: workers)
    }

    /// The same along the middle of a view.
    package static func softmax(
        _ input: Tensor, view: AxisView, logarithm: Bool, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        let work = SoftmaxWork(
            input: input, view: view, logarithm: logarithm, output: output, workers: workers)
        try dispatchFloat(input.elementType, work, in: "Softmax")
    }
}

extension AxisView {
    /// A matrix of rows, each of which is one group.
    package init(rows: Int, columns: Int) {
        outer = rows
        length = columns
        inner = 1
    }
}

private struct ArgExtremeWork: NumericWork {
    let input: Tensor
    let view: AxisView
    let greatest: Bool
    let last: Bool
    let output: Tensor

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: Int64.self)
        for group in 0..<view.outer * view.inner {
            let start = from + (group / view.inner) * view.length * view.inner + group % view.inner
            var best = start[0]
            var position = 0
            for i in 1..<max(1, view.length) {
                let x = start[i * view.inner]
                let better: Bool
                if best != best {
                    better = last && x != x
                } else {
                    better = x != x || (greatest ? x > best : x < best) || (last && x == best)
                }
                if better {
                    best = x
                    position = i
                }
            }
            to[group] = Int64(position)
        }
    }
}

private struct CumulationWork: NumericWork {
    let input: Tensor
    let view: AxisView
    let product: Bool
    let exclusive: Bool
    let reverse: Bool
    let output: Tensor

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        for group in 0..<view.outer * view.inner {
            let base = (group / view.inner) * view.length * view.inner + group % view.inner
            var total: Element = product ? 1 : 0
            for step in 0..<view.length {
                let offset = base + (reverse ? view.length - 1 - step : step) * view.inner
                let next = product ? total.multiplied(by: from[offset]) : total.adding(from[offset])
                to[offset] = exclusive ? total : next
                total = next
            }
        }
    }
}

private struct TopKWork: NumericWork {
    let input: Tensor
    let view: AxisView
    let count: Int
    let largest: Bool
    let values: Tensor?
    let indices: Tensor?

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        guard count > 0 else { return }
        let from = input.pointer(to: type)
        let valueTarget = values?.mutablePointer(to: type)
        let indexTarget = indices?.mutablePointer(to: Int64.self)
        var heap: [Int] = []
        heap.reserveCapacity(count)
        for group in 0..<view.outer * view.inner {
            let start = from + (group / view.inner) * view.length * view.inner + group % view.inner
            let target = (group / view.inner) * count * view.inner + group % view.inner
            select(start, &heap)
            for (rank, position) in heap.enumerated() {
                valueTarget?[target + rank * view.inner] = start[position * view.inner]
                indexTarget?[target + rank * view.inner] = Int64(position)
            }
        }
    }

    /// Whether the element at `a` comes before the one at `b`.
    @inline(__always)
    private func precedes<Element: NumericElement>(_ start: UnsafePointer<Element>, _ a: Int, _ b: Int)
        -> Bool
    {
        let x = start[a * view.inner]
        let y = start[b * view.inner]
        let (xIsNaN, yIsNaN) = (x != x, y != y)
        if xIsNaN || yIsNaN { return xIsNaN == yIsNaN ? a < b : xIsNaN == largest }
        return x == y ? a < b : largest ? x > y : x < y
    }

    /// Fills `heap` with the positions of the best elements, best first: a heap with the worst on top, then sorted.
    private func select<Element: NumericElement>(_ start: UnsafePointer<Element>, _ heap: inout [Int]) {
        heap.removeAll(keepingCapacity: true)
        for position in 0..<view.length {
            if heap.count < count {
                heap.append(position)
                var child = heap.count - 1
                while child > 0, precedes(start, heap[(child - 1) / 2], heap[child]) {
                    heap.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if precedes(start, position, heap[0]) {
                heap[0] = position
                var parent = 0
                while true {
                    var child = 2 * parent + 1
                    guard child < heap.count else { break }
                    if child + 1 < heap.count, precedes(start, heap[child], heap[child + 1]) { child += 1 }
                    guard precedes(start, heap[parent], heap[child]) else { break }
                    heap.swapAt(parent, child)
                    parent = child
                }
            }
        }
        heap.sort { precedes(start, $0, $1) }
    }
}

private struct SoftmaxWork: FloatWork {
    let input: Tensor
    let view: AxisView
    let logarithm: Bool
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let step = view.inner
        let groups = view.outer * view.inner
        guard view.length > 0 else { return }
        TypedKernels.inParallel(workers, count: groups, grain: max(1, 4_096 / view.length)) { range in
            for group in range {
                let base = (group / step) * view.length * step + group % step
                var greatest = from[base]
                for i in 1..<view.length { greatest = greatest.maximum(from[base + i * step]) }
                var sum: Element = 0
                for i in 0..<view.length {
                    let power = Element.exponential(from[base + i * step] - greatest)
                    sum += power
                    if !logarithm { to[base + i * step] = power }
                }
                if logarithm {
                    let logSum = Element.logarithm(sum)
                    for i in 0..<view.length {
                        to[base + i * step] = from[base + i * step] - greatest - logSum
                    }
                } else {
                    let scale = 1 / sum
                    for i in 0..<view.length { to[base + i * step] *= scale }
                }
            }
        }
    }
}
