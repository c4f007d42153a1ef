// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// ScatterND: a copy of a tensor with slices replaced, or reduced with, at index vectors.
///
/// Formula: `output[indices[i…]] = updates[i…]`; of two updates to one place the later counts, unless a reduction
/// (add, mul, min, max) joins them.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ScatterND.html>, opsets 11, 13, 16, 18.
/// - Supports: every type of at least 8 bits but strings; reductions for numbers.
/// - Deviations: none; an index out of range is the error `op.index`.
struct ScatterND: Operator {
    private let reduction: ScatterReduction

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        reduction = try ScatterReduction(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: reduction == .replace ? .movable : Set.numbers.union(Set.bool))
        let indices = try context.input(1, oneOf: .indices)
        let updates = try context.input(2)
        try context.checkSameElementType(0, 2)
        let rank = indices.shape.rank
        guard data.shape.rank >= 1, rank >= 1, indices.shape[rank - 1] <= data.shape.rank,
            updates.shape.dimensions
                == indices.shape.dimensions.dropLast()
                + data.shape.dimensions.dropFirst(indices.shape[rank - 1])
        else {
            throw ONNXError(
                "op.shape",
                "Indices \(indices.shape) and updates \(updates.shape) do not suit data of shape \(data.shape)."
            )
        }
        return [OutputPlan(data.elementType, data.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.reducing(reduction) { (context: RunContext) throws(ONNXError) in
            let data = try context.input(0)
            let output = try context.output(0)
            output.mutableBaseAddress.copyMemory(from: data.baseAddress, byteCount: data.byteCount)
            let updates = try context.input(2)
            guard updates.shape.elementCount > 0 else { return }
            let indices = try context.input(1)
            let depth = indices.shape[indices.shape.rank - 1]
            let offsets = try TypedKernels.sliceOffsets(indices, depth: depth, in: data.shape, batchAxes: 0)
            try TypedKernels.scatterSlices(
                updates, offsets: offsets, sliceCount: data.shape.product(depth..<data.shape.rank),
                reduction: reduction, into: output)
        }
    }
}
