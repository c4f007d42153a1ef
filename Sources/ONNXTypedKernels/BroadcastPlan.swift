// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

extension Shape {
    /// The shape that all of `shapes` stretch to under ONNX's multidirectional broadcasting.
    ///
    /// - Throws: `op.broadcast` naming the shapes.
    package static func broadcast(_ shapes: [Shape]) throws(ONNXError) -> Shape {
        if let first = shapes.first, shapes.allSatisfy({ $0 == first }) { return first }
        let rank = shapes.map(\.rank).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            let lead = rank - shape.rank
            for (axis, length) in shape.dimensions.enumerated() where length != 1 {
                guard result[lead + axis] == 1 || result[lead + axis] == length else {
                    let list = shapes.map(\.description).joined(separator: " and ")
                    throw ONNXError("op.broadcast", "Shapes \(list) do not broadcast to one shape.")
                }
                result[lead + axis] = length
            }
        }
        return try Shape(result)
    }

    /// A copy with one dimension replaced.
    ///
    /// - Throws: what ``init(_:)`` throws.
    package func replacing(_ axis: Int, with length: Int) throws(ONNXError) -> Shape {
        var changed = dimensions
        changed[axis] = length
        return try Shape(changed)
    }

    /// Element strides of a dense row-major tensor; never overflows.
    package var strides: [Int] {
        var result = [Int](repeating: 1, count: rank)
        var stride = 1
        for axis in (0..<rank).reversed() {
            result[axis] = stride
            stride = stride.multipliedReportingOverflow(by: Swift.max(1, dimensions[axis])).partialValue
        }
        return result
    }

    /// Element strides for reading this shape as `output`: 0 along stretched dimensions.
    package func strides(broadcastTo output: Shape) -> [Int] {
        let own = strides
        let lead = output.rank - rank
        return (0..<output.rank).map { axis in
            axis < lead || dimensions[axis - lead] == 1 ? 0 : own[axis - lead]
        }
    }
}

/// How up to three operands are walked row by row under one output shape, with dimensions merged where possible.
struct BroadcastPlan {
    /// Merged dimensions; at least one.
    private(set) var dimensions: [Int] = []
    /// Strides in elements by operand, parallel to ``dimensions``.
    private(set) var strides: [[Int]]

    init(output: Shape, operands: [Shape]) {
        self.init(
            dimensions: output.dimensions, strides: operands.map { $0.strides(broadcastTo: output) })
    }

    /// Merges dimensions that every operand walks as one.
    init(dimensions all: [Int], strides allStrides: [[Int]]) {
        strides = allStrides.map { _ in [] }
        for axis in all.indices where all[axis] != 1 {
            if let last = dimensions.indices.last,
                allStrides.indices.allSatisfy({
                    strides[$0][last]
                        == allStrides[$0][axis].multipliedReportingOverflow(by: all[axis]).partialValue
                })
            {
                dimensions[last] *= all[axis]
                for operand in allStrides.indices { strides[operand][last] = allStrides[operand][axis] }
            } else {
                dimensions.append(all[axis])
                for operand in allStrides.indices { strides[operand].append(allStrides[operand][axis]) }
            }
        }
        if dimensions.isEmpty {
            dimensions = [1]
            for operand in allStrides.indices { strides[operand] = [0] }
        }
    }

    /// Elements of a row.
    var rowLength: Int { dimensions[dimensions.count - 1] }

    /// Rows in all.
    var rowCount: Int { dimensions.dropLast().reduce(1, *) }

    /// The step between neighbouring elements of a row of an operand.
    func rowStride(_ operand: Int) -> Int { strides[operand][dimensions.count - 1] }

    /// A cursor that stands at row `row`.
    func cursor(at row: Int) -> Cursor { Cursor(self, row) }

    /// The offsets of the operands at one row, moved on row by row.
    struct Cursor {
        private var index: [Int]
        private let dimensions: [Int]
        private let strides: [[Int]]
        private(set) var offsets: (Int, Int, Int) = (0, 0, 0)

        init(_ plan: BroadcastPlan, _ row: Int) {
            dimensions = plan.dimensions
            strides = plan.strides
            index = [Int](repeating: 0, count: plan.dimensions.count - 1)
            var rest = row
            for axis in index.indices.reversed() {
                index[axis] = rest % dimensions[axis]
                rest /= dimensions[axis]
                step(axis, by: index[axis])
            }
        }

        mutating func advance() {
            var axis = index.count - 1
            while axis >= 0 {
                index[axis] += 1
                step(axis, by: 1)
                if index[axis] < dimensions[axis] { return }
                step(axis, by: -index[axis])
                index[axis] = 0
                axis -= 1
            }
        }

        @inline(__always)
        private mutating func step(_ axis: Int, by count: Int) {
            offsets.0 += strides[0][axis] * count
            if strides.count > 1 { offsets.1 += strides[1][axis] * count }
            if strides.count > 2 { offsets.2 += strides[2][axis] * count }
        }
    }
}
