// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// Fills `output` in row-major order from `input` at `offset` + the index times `strides`, all in elements.
    ///
    /// Serves transposes, slices with any step, stretching and tiling. `dimensions` has the element count of
    /// `output`; every offset reached lies inside `input`. No strings, no elements below 8 bits.
    package static func copyStrided(
        _ input: Tensor, offset: Int = 0, dimensions: [Int], strides: [Int], into output: Tensor,
        workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let plan = BroadcastPlan(dimensions: dimensions, strides: [strides])
        let work = StridedCopyWork(input: input, offset: offset, plan: plan, output: output, workers: workers)
        try dispatchWidth(input.elementType, work, in: "Copy")
    }

    /// Fills every element of `output` with the one element of `value`.
    package static func fill(_ output: Tensor, with value: Tensor, workers: WorkerPool) throws(ONNXError) {
        let rank = output.shape.rank
        try copyStrided(
            value, dimensions: output.shape.dimensions, strides: [Int](repeating: 0, count: rank),
            into: output, workers: workers)
    }

    /// Copies blocks: for each of `count` blocks, `byteCount` bytes from a multiple of `sourceStride` to a multiple
    /// of `targetStride` bytes.
    package static func copyBlocks(
        from source: UnsafeRawPointer, stride sourceStride: Int, to target: UnsafeMutableRawPointer,
        stride targetStride: Int, byteCount: Int, count: Int
    ) {
        guard byteCount > 0 else { return }
        for block in 0..<count {
            target.advanced(by: block * targetStride).copyMemory(
                from: source.advanced(by: block * sourceStride), byteCount: byteCount)
        }
    }

    /// `output[i…] = input[tables[0][i0], tables[1][i1], …]`, or `fill` where a table holds −1.
    ///
    /// Serves padding of every kind. Table entries lie inside `input`; one table for each axis, as long as that axis
    /// of `output`.
    package static func copyByTables(
        _ input: Tensor, tables: [[Int]], fill: Tensor?, into output: Tensor
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = TableCopyWork(input: input, tables: tables, fill: fill, output: output)
        try dispatchWidth(input.elementType, work, in: "Pad")
    }

    /// `output = condition ? a : b`, all broadcast to the shape of `output`.
    package static func select(
        _ condition: Tensor, _ a: Tensor, _ b: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = SelectWork(condition: condition, a: a, b: b, output: output, workers: workers)
        try dispatchWidth(a.elementType, work, in: "Where")
    }

    /// Keeps the part of each matrix on or on one side of a diagonal, and zeroes the rest.
    package static func triangle(
        _ input: Tensor, upper: Bool, diagonal: Int, into output: Tensor
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let rank = input.shape.rank
        let rows = input.shape[rank - 2]
        let columns = input.shape[rank - 1]
        let size = input.elementType.bitWidth / 8
        output.mutableBaseAddress.copyMemory(from: input.baseAddress, byteCount: input.byteCount)
        for row in 0..<input.shape.elementCount / columns {
            // The first column beyond the lower part: clamped before adding, so that no diagonal overflows.
            let clampedDiagonal = min(max(diagonal, -rows - 1), columns + 1)
            let edge = row % rows + clampedDiagonal
            let from = upper ? 0 : min(max(edge + 1, 0), columns)
            let to = upper ? min(max(edge, 0), columns) : columns
            let start = output.mutableBaseAddress.advanced(by: (row * columns + from) * size)
            for byte in 0..<(to - from) * size { start.storeBytes(of: 0, toByteOffset: byte, as: UInt8.self) }
        }
    }
}

private struct StridedCopyWork: MoveWork {
    let input: Tensor
    let offset: Int
    let plan: BroadcastPlan
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type) + offset
        let to = output.mutablePointer(to: type)
        let length = plan.rowLength
        let step = plan.rowStride(0)
        let grain = max(1, TypedKernels.parallelGrain / max(1, length))
        TypedKernels.inParallel(workers, count: plan.rowCount, grain: grain) { range in
            var cursor = plan.cursor(at: range.lowerBound)
            for row in range {
                let source = from + cursor.offsets.0
                let target = to + row * length
                if step == 1 {
                    target.update(from: source, count: length)
                } else if step == 0 {
                    target.update(repeating: source[0], count: length)
                } else {
                    for i in 0..<length { target[i] = source[i &* step] }
                }
                cursor.advance()
            }
        }
    }
}

private struct TableCopyWork: MoveWork {
    let input: Tensor
    let tables: [[Int]]
    let fill: Tensor?
    let output: Tensor

    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let strides = input.shape.strides
        let fillValue = fill.map { $0.pointer(to: type)[0] }
        guard let last = tables.last else {
            to[0] = from[0]
            return
        }
        let outer = tables.dropLast()
        var index = [Int](repeating: 0, count: outer.count)
        for row in 0..<output.shape.elementCount / max(1, last.count) {
            var base: Int? = 0
            for axis in index.indices {
                let entry = tables[axis][index[axis]]
                base = entry < 0 ? nil : base.map { $0 + entry * strides[axis] }
            }
            let target = to + row * last.count
            for column in last.indices {
                if let base, last[column] >= 0 {
                    target[column] = from[base + last[column]]
                } else if let fillValue {
                    target[column] = fillValue
                }
            }
            for axis in index.indices.reversed() {
                index[axis] += 1
                if index[axis] < tables[axis].count { break }
                index[axis] = 0
            }
        }
    }
}

private struct SelectWork: MoveWork {
    let condition: Tensor
    let a: Tensor
    let b: Tensor
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError) {
        let plan = BroadcastPlan(output: output.shape, operands: [condition.shape, a.shape, b.shape])
        let chosen = condition.pointer(to: UInt8.self)
        let left = a.pointer(to: type)
        let right = b.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let length = plan.rowLength
        let (chosenStep, leftStep, rightStep) = (plan.rowStride(0), plan.rowStride(1), plan.rowStride(2))
        let grain = max(1, TypedKernels.parallelGrain / max(1, length))
        TypedKernels.inParallel(workers, count: plan.rowCount, grain: grain) { range in
            var cursor = plan.cursor(at: range.lowerBound)
            for row in range {
                let (c, l, r) = cursor.offsets
                let target = to + row * length
                for i in 0..<length {
                    let takesLeft = chosen[c + i &* chosenStep] != 0
                    target[i] = takesLeft ? left[l + i &* leftStep] : right[r + i &* rightStep]
                }
                cursor.advance()
            }
        }
    }
}
