// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// OneHot: a new axis that holds one value at an index and another elsewhere; an index out of range marks nothing.
///
/// Formula: `output[…, j, …] = values[indices[…] = j ? 1 : 0]`, a negative index counting from depth.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__OneHot.html>, opsets 9, 11, 28.
/// - Supports: indices and depth of any number type; values of every type but strings.
/// - Deviations: none.
struct OneHot: Operator {
    private let axis: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        axis = try node.int("axis", default: -1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let indices = try context.input(0, oneOf: .numbers)
        let values = try context.input(2, oneOf: .movable)
        let depth = try depth(try context.value(1))
        guard values.shape.dimensions == [2] else {
            throw ONNXError("op.shape", "The values have shape \(values.shape); off and on are expected.")
        }
        let rank = indices.shape.rank
        guard axis >= -rank - 1, axis <= rank else {
            throw ONNXError("op.axis", "Axis \(axis) lies outside a result of rank \(rank + 1).")
        }
        var dimensions = indices.shape.dimensions
        dimensions.insert(depth, at: axis < 0 ? axis + rank + 1 : axis)
        return [OutputPlan(values.elementType, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let indices = try TypedKernels.converted(
            try context.input(0), to: .int64, workers: context.workers)
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let output = try context.output(0)
            let axis = axis < 0 ? axis + output.shape.rank : axis
            try TypedKernels.oneHot(
                indices, values: try context.input(2), view: AxisView(output.shape, axis: axis), into: output)
        }
    }

    private func depth(_ tensor: Tensor) throws(ONNXError) -> Int {
        let converted = try TypedKernels.converted(
            tensor, to: .int64, workers: try TypedKernels.serialWorkers()
        ).integers()
        guard converted.count == 1, converted[0] >= 0 else {
            throw ONNXError("op.shape", "The depth is \(converted); one number, not negative, is expected.")
        }
        return converted[0]
    }
}
