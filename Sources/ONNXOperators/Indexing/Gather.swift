// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Gather: slices of a tensor along an axis, picked by index; negative indices count from the end.
///
/// Formula: `output[a…, i…, b…] = data[a…, indices[i…], b…]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Gather.html>, opsets 1, 11, 13.
/// - Supports: every type but strings.
/// - Deviations: none; an index out of range is the error `op.index`.
struct Gather: Operator {
    private let axis: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        axis = try node.int("axis", default: 0)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let data = try context.input(0, oneOf: .movable)
        let indices = try context.input(1, oneOf: .indices)
        let axis = try data.shape.normalizedAxis(axis)
        var dimensions = data.shape.dimensions
        dimensions.replaceSubrange(axis...axis, with: indices.shape.dimensions)
        return [OutputPlan(data.elementType, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let axis = try context.input(0).shape.normalizedAxis(axis)
        let indices = try TypedKernels.indices(
            try context.input(1), limit: try context.input(0).shape[axis])
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let data = try context.input(0)
            TypedKernels.gather(
                data, indices: indices, view: AxisView(data.shape, axis: axis), into: try context.output(0),
                workers: context.workers)
        }
    }
}
