// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Range: numbers from a start to a limit, which is not reached, in steps of delta.
///
/// Formula: `output[i] = start + i × delta` for `i < max(0, ⌈(limit − start) ÷ delta⌉)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Range.html>, opsets 11, 27.
/// - Supports: int16, int32, int64, float16, bfloat16, float, double.
/// - Deviations: none; a delta of 0 and a count that is no number are the error `op.attr`.
struct RangeOperator: Operator {
    private static let types: Set<ElementType> = Set.floats.union([.int16, .int32, .int64])

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        node.ignore("stash_type")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let start = try context.input(0, oneOf: Self.types)
        for index in 0..<3 {
            try context.checkSameElementType(0, index)
            guard try context.input(index).shape.elementCount == 1 else {
                throw ONNXError(
                    "op.shape",
                    "Input \(index) has shape \(try context.input(index).shape); a scalar is expected.")
            }
        }
        let values = [try context.value(0), try context.value(1), try context.value(2)]
        let count = try TypedKernels.rangeCount(start: values[0], limit: values[1], delta: values[2])
        return [OutputPlan(start.elementType, try Shape([count]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.range(
                start: try context.input(0), delta: try context.input(2), into: try context.output(0))
        }
    }
}
