// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// ScatterElements: a copy of a tensor with elements replaced, or reduced with, at indices along an axis.
///
/// Formula: `output[indices[i, j, k], j, k] = updates[i, j, k]` for axis 0, and so on; of two updates to one place the
/// later counts, unless a reduction (add, mul, min, max) joins them.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ScatterElements.html>, opsets 11, 13, 16, 18.
/// - Supports: every type of at least 8 bits but strings; reductions for numbers.
/// - Deviations: none; an index out of range is the error `op.index`.
struct ScatterElements: Operator {
    private let axis: Int
    private let reduction: ScatterReduction

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        axis = try node.int("axis", default: 0)
        reduction = try ScatterReduction(node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: reduction == .replace ? .movable : Set.numbers.union(Set.bool))
        let indices = try context.input(1, oneOf: .indices)
        try context.checkSameElementType(0, 2)
        try indices.shape.checkFits(data.shape, axis: try data.shape.normalizedAxis(axis))
        let updates = try context.input(2)
        guard updates.shape == indices.shape else {
            throw ONNXError(
                "op.shape", "Updates of shape \(updates.shape) do not suit indices of \(indices.shape).")
        }
        return [OutputPlan(data.elementType, data.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.reducing(reduction) { (context: RunContext) throws(ONNXError) in
            let data = try context.input(0)
            let output = try context.output(0)
            output.mutableBaseAddress.copyMemory(from: data.baseAddress, byteCount: data.byteCount)
            try TypedKernels.scatterElements(
                try context.input(2), indices: try context.input(1),
                axis: try data.shape.normalizedAxis(axis), reduction: reduction, into: output)
        }
    }
}
