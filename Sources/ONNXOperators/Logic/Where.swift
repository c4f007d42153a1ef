// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Where: elements of one tensor or another by a condition, all broadcast.
///
/// Formula: `output = condition ? X : Y`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Where.html>, opsets 9, 16.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Where: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 3...3, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let condition = try context.input(0, oneOf: .bool)
        let x = try context.input(1, oneOf: .movable)
        let y = try context.input(2)
        try context.checkSameElementType(1, 2)
        return [OutputPlan(x.elementType, try Shape.broadcast([condition.shape, x.shape, y.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            try TypedKernels.select(
                try context.input(0), try context.input(1), try context.input(2),
                into: try context.output(0), workers: context.workers)
        }
    }
}
