// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// RMSNormalization: root mean square 1 over the dimensions from an axis on, then scaled.
///
/// Formula: `Y = X ÷ √(mean(X²) + epsilon) × scale`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__RMSNormalization.html>, opsets 23.
/// - Supports: float16, bfloat16, float and double; statistics in double.
/// - Deviations: none.
struct RMSNormalization: Operator {
    private let axis: Int
    private let epsilon: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        axis = try node.int("axis", default: -1)
        epsilon = try node.float("epsilon", default: 1e-5)
        node.ignore("stash_type")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        let axis = try input.shape.normalizedAxis(axis)
        let scale = try context.input(1, oneOf: .floats)
        try input.shape.checkStretches(scale.shape, from: axis)
        return [OutputPlan(scale.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let given = try context.input(0)
            let output = try context.output(0)
            let input =
                given.elementType == output.elementType
                ? given : try TypedKernels.converted(given, to: output.elementType, workers: context.workers)
            let axis = try input.shape.normalizedAxis(axis)
            let columns = input.shape.product(axis..<input.shape.rank)
            guard input.shape.elementCount > 0 else { return }
            let scale = try context.input(1)
            let isPlain = scale.shape.elementCount == columns
            try TypedKernels.rmsNormalization(
                input, rows: input.shape.elementCount / columns, columns: columns,
                scale: isPlain ? scale : nil,
                epsilon: epsilon, into: output, workers: context.workers)
            if !isPlain {
                try TypedKernels.binary(.multiply, output, scale, into: output, workers: context.workers)
            }
        }
    }
}
