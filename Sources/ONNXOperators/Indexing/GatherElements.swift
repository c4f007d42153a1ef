// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// GatherElements: elements picked one by one along an axis.
///
/// Formula: `output[i, j, k] = data[indices[i, j, k], j, k]` for axis 0, and so on.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__GatherElements.html>, opsets 11, 13.
/// - Supports: every type but strings.
/// - Deviations: none; an index out of range is the error `op.index`.
struct GatherElements: Operator {
    private let axis: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        axis = try node.int("axis", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: .movable)
        let indices = try context.input(1, oneOf: .indices)
        try indices.shape.checkFits(data.shape, axis: try data.shape.normalizedAxis(axis))
        return [OutputPlan(data.elementType, indices.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let data = try context.input(0)
            try TypedKernels.gatherElements(
                data, indices: try context.input(1), axis: try data.shape.normalizedAxis(axis),
                into: try context.output(0))
        }
    }
}
