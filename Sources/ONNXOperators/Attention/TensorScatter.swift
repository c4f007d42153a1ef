// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// TensorScatter: a copy of a cache with rows written at positions that differ by batch row.
///
/// Formula: `output[b, …, write_indices[b] + s, …] = update[b, …, s, …]`; in mode circular the position wraps round.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__TensorScatter.html>, opsets 24.
/// - Supports: every type of at least 8 bits but strings.
/// - Deviations: a position outside the cache is the error `op.index`.
struct TensorScatter: Operator {
    private let axis: Int
    private let isCircular: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        axis = try node.int("axis", default: -2)
        switch try node.string("mode", default: "linear") {
        case "linear": isCircular = false
        case "circular": isCircular = true
        case let other: throw ONNXError("attr.value", "The mode \"\(other)\" is not supported.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let cache = try context.input(0, oneOf: .movable)
        let update = try context.input(1)
        try context.checkSameElementType(0, 1)
        let axis = try cache.shape.normalizedAxis(axis)
        guard axis > 0, cache.elementType.bitWidth >= 8, update.shape.rank == cache.shape.rank,
            update.shape[axis] <= cache.shape[axis],
            try update.shape.replacing(axis, with: cache.shape[axis]) == cache.shape
        else {
            throw ONNXError(
                "op.shape", "An update of \(update) does not suit a cache of \(cache), axis \(axis).")
        }
        if let indices = context.optionalInput(2) {
            guard indices.elementType == .int64, indices.shape.dimensions == [cache.shape[0]] else {
                throw ONNXError(
                    "op.shape", "write_indices is \(indices); int64[\(cache.shape[0])] is expected.")
            }
        }
        return [OutputPlan(cache.elementType, cache.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let cache = try context.input(0)
        let update = try context.input(1)
        let output = try context.output(0)
        let axis = try cache.shape.normalizedAxis(axis)
        let view = AxisView(cache.shape, axis: axis)
        let count = update.shape[axis]
        let starts = try context.optionalInput(2)?.integers() ?? [Int](repeating: 0, count: cache.shape[0])
        output.mutableBaseAddress.copyMemory(from: cache.baseAddress, byteCount: cache.byteCount)
        let size = view.inner * (cache.elementType.bitWidth / 8)
        guard view.outer > 0, count > 0 else { return }
        let groups = view.outer / cache.shape[0]
        for start in starts where start < 0 || (isCircular ? start == Int.max : start > view.length - count) {
            throw ONNXError("op.index", "\(count) rows do not fit at \(start) in a cache of \(view.length).")
        }
        for outer in 0..<view.outer {
            for row in 0..<count {
                let position = (starts[outer / groups] % view.length + row) % view.length
                output.mutableBaseAddress.advanced(by: (outer * view.length + position) * size).copyMemory(
                    from: update.baseAddress.advanced(by: (outer * count + row) * size), byteCount: size)
            }
        }
    }
}
