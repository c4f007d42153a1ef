// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// What becomes of an element that a scatter writes to.
package enum ScatterReduction: Sendable { case replace, add, multiply, minimum, maximum }

extension TypedKernels {
    /// The elements of an int32 or int64 tensor, each moved into `0..<limit` when it counts from the end.
    ///
    /// - Throws: `op.index` naming the first outside `−limit..<limit`.
    package static func indices(_ tensor: Tensor, limit: Int) throws(ONNXError) -> [Int] {
        var values = try tensor.integers()
        for position in values.indices {
            let value = values[position]
            guard value >= -limit, value < limit else { throw indexError(value, limit) }
            if value < 0 { values[position] = value + limit }
        }
        return values
    }

    static func indexError(_ value: Int, _ limit: Int) -> ONNXError {
        ONNXError("op.index", "Index \(value) lies outside \(-limit)..<\(limit).")
    }

    /// `output[o, i, n] = input[o, indices[i], n]` over the view of `input` around an axis.
    package static func gather(
        _ input: Tensor, indices: [Int], view: AxisView, into output: Tensor, workers: WorkerPool
    ) {
        let blockBytes = view.inner * (input.elementType.bitWidth / 8)
        guard blockBytes > 0 else { return }
        let rows = TensorRows(input, rowByteCount: blockBytes)
        let to = output.mutableBaseAddress
        let grain = max(1, parallelGrain * 4 / blockBytes)
        inParallel(workers, count: view.outer * indices.count, grain: grain) { range in
            for block in range {
                let outer = block / indices.count
                let index = indices[block % indices.count]
                rows.copy(outer * view.length + index, to: to.advanced(by: block * blockBytes))
            }
        }
    }

    /// `output[i…] = input[i… with the axis replaced by indices[i…]]`; the other axes of `indices` are no longer
    /// than those of `input`.
    package static func gatherElements(
        _ input: Tensor, indices: Tensor, axis: Int, into output: Tensor
    ) throws(ONNXError) {
        let positions = try TypedKernels.indices(indices, limit: input.shape[axis])
        let offsets = elementOffsets(of: indices.shape, in: input.shape, axis: axis, positions: positions)
        let work = PickWork(input: input, offsets: offsets, output: output)
        try dispatchWidth(input.elementType, work, in: "GatherElements")
    }

    /// Where each element of `shape` lies in a tensor of `target` once its index on `axis` is replaced.
    private static func elementOffsets(
        of shape: Shape, in target: Shape, axis: Int, positions: [Int]
    ) -> [Int] {
        let strides = target.strides
        var index = [Int](repeating: 0, count: shape.rank)
        return positions.map { position in
            var offset = 0
            for dimension in index.indices {
                offset += (dimension == axis ? position : index[dimension]) * strides[dimension]
            }
            for dimension in index.indices.reversed() {
                index[dimension] += 1
                if index[dimension] < shape[dimension] { break }
                index[dimension] = 0
            }
            return offset
        }
    }

    /// The starts, in elements of `shape`, of the slices that the rows of `indices` (`[rows, depth]`) name below
    /// the first `batchAxes` axes.
    ///
    /// - Throws: `op.index`.
    package static func sliceOffsets(
        _ indices: Tensor, depth: Int, in shape: Shape, batchAxes: Int
    ) throws(ONNXError) -> [Int] {
        let values = try indices.integers()
        let strides = shape.strides
        let rows = depth == 0 ? indices.shape.product(0..<indices.shape.rank - 1) : values.count / depth
        let batches = shape.product(0..<batchAxes)
        let batchStride = shape.product(batchAxes..<shape.rank)
        var result: [Int] = []
        result.reserveCapacity(rows)
        for row in 0..<rows {
            var offset = batches > 1 ? row / (rows / batches) * batchStride : 0
            for column in 0..<depth {
                let limit = shape[batchAxes + column]
                let value = values[row * depth + column]
                guard value >= -limit, value < limit else { throw indexError(value, limit) }
                offset += (value < 0 ? value + limit : value) * strides[batchAxes + column]
            }
            result.append(offset)
        }
        return result
    }

    /// Copies a slice of `sliceCount` elements from each offset of `input` to `output`, one after the other.
    package static func gatherSlices(
        _ input: Tensor, offsets: [Int], sliceCount: Int, into output: Tensor
    ) {
        let size = input.elementType.bitWidth / 8
        for (row, offset) in offsets.enumerated() where sliceCount > 0 {
            output.mutableBaseAddress.advanced(by: row * sliceCount * size).copyMemory(
                from: input.baseAddress.advanced(by: offset * size), byteCount: sliceCount * size)
        }
    }

    /// Writes slices of `updates` over (or into) `output` at the offsets, in order: of two that hit one place, the
    /// later counts.
    package static func scatterSlices(
        _ updates: Tensor, offsets: [Int], sliceCount: Int, reduction: ScatterReduction, into output: Tensor
    ) throws(ONNXError) {
        if reduction == .replace {
            let size = updates.elementType.bitWidth / 8
            for (row, offset) in offsets.enumerated() where sliceCount > 0 {
                output.mutableBaseAddress.advanced(by: offset * size).copyMemory(
                    from: updates.baseAddress.advanced(by: row * sliceCount * size),
                    byteCount: sliceCount * size)
            }
            return
        }
        let work = ScatterWork(
            updates: updates, offsets: offsets, sliceCount: sliceCount, reduction: reduction, output: output)
        try dispatch(updates.elementType, work, in: "Scatter", allowingBool: true)
    }

    /// Writes each element of `updates` into `output` at its own index with the axis replaced, in order.
    package static func scatterElements(
        _ updates: Tensor, indices: Tensor, axis: Int, reduction: ScatterReduction, into output: Tensor
    ) throws(ONNXError) {
        let positions = try TypedKernels.indices(indices, limit: output.shape[axis])
        let offsets = elementOffsets(of: indices.shape, in: output.shape, axis: axis, positions: positions)
        try scatterSlices(updates, offsets: offsets, sliceCount: 1, reduction: reduction, into: output)
    }
}

private struct PickWork: MoveWork {
    let input: Tensor
    let offsets: [Int]
    let output: Tensor

    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        for (index, offset) in offsets.enumerated() { to[index] = from[offset] }
    }
}

private struct ScatterWork: NumericWork {
    let updates: Tensor
    let offsets: [Int]
    let sliceCount: Int
    let reduction: ScatterReduction
    let output: Tensor

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let from = updates.pointer(to: type)
        let to = output.mutablePointer(to: type)
        for (row, offset) in offsets.enumerated() {
            for i in 0..<sliceCount {
                let old = to[offset + i]
                let new = from[row * sliceCount + i]
                switch reduction {
                case .replace: to[offset + i] = new
                case .add: to[offset + i] = old.adding(new)
                case .multiply: to[offset + i] = old.multiplied(by: new)
                case .minimum: to[offset + i] = old.minimum(new)
                case .maximum: to[offset + i] = old.maximum(new)
                }
            }
        }
    }
}
