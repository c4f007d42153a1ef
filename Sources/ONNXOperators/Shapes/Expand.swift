// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Expand: stretches a tensor to the broadcast of its shape and a given one.
///
/// Formula: `output[i…] = input[i… with 0 where the input's dimension is 1]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Expand.html>, opsets 8, 13.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Expand: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 2...2, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let wanted = try Shape(try context.integers(1))
        return [OutputPlan(input.elementType, try Shape.broadcast([input.shape, wanted]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let output = try context.output(0)
            try TypedKernels.copyStrided(
                input, dimensions: output.shape.dimensions,
                strides: input.shape.strides(broadcastTo: output.shape), into: output,
                workers: context.workers)
        }
    }
}
