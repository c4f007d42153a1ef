// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// ConstantOfShape: a tensor of a given shape with one value everywhere; float 0 where no value is given.
///
/// Formula: `output[i…] = value` for every index of the shape.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ConstantOfShape.html>, opsets 9, 20, 21, 23, 24, 25.
/// - Supports: values of every type but strings.
/// - Deviations: none.
struct ConstantOfShape: Operator {
    private let value: Tensor

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        if let given = try node.tensor("value") {
            value = given
        } else {
            value = try Tensor([Float(0)], shape: [1])
        }
        guard value.shape.elementCount == 1, Set.movable.contains(value.elementType) else {
            throw ONNXError("attr.value", "The value is \(value); one element that is no string is expected.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        [OutputPlan(value.elementType, try Shape(try context.integers(0)))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let value = value
        let output = try context.output(0)
        if value.elementType.bitWidth >= 8 {
            return try TypedKernels.fill(output, with: value, workers: context.workers)
        }
        let bytes = try Tensor(allocating: .uint8, output.shape)
        try TypedKernels.fill(bytes, with: try PackedElements.unpacked(value), workers: context.workers)
        PackedElements.pack(bytes, into: output)
    }
}
