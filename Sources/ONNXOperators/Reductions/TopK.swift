// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// TopK: the greatest or least elements along an axis, best first, with their positions.
///
/// Formula: `Values[i] = X[Indices[i]]`, the i-th in the order of the values along the axis.
/// Of equal elements the one at the lower position comes first. The count is an attribute before opset 10 and an
/// input since.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__TopK.html>, opsets 1, 10, 11, 24.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: the result is sorted even where sorted is 0.
struct TopK: Operator {
    private let axis: Int
    private let count: Int?
    private let takesLargest: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: (node.version < 10 ? 1 : 2)...2, outputs: 1...2)
        axis = try node.int("axis", default: -1)
        count = try node.int("k")
        takesLargest = try node.flag("largest", default: true)
        node.ignore("sorted")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .numbers)
        let axis = try input.shape.normalizedAxis(axis)
        let count = context.hasInput(1) ? try context.integer(1) : count ?? -1
        guard count >= 0, count <= input.shape[axis] else {
            throw ONNXError(
                "op.attr", "k is \(count); axis \(axis) of shape \(input.shape) has \(input.shape[axis]).")
        }
        let shape = try input.shape.replacing(axis, with: count)
        return Array(
            [OutputPlan(input.elementType, shape), OutputPlan(.int64, shape)].prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let axis = try input.shape.normalizedAxis(axis)
            let (values, indices) = (context.optionalOutput(0), context.optionalOutput(1))
            guard let some = values ?? indices else { return }
            try TypedKernels.topK(
                input, axis: axis, count: some.shape[axis], largest: takesLargest, values: values,
                indices: indices)
        }
    }
}
