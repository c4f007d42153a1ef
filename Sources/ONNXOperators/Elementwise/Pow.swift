// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Pow: powers element by element, broadcast; the result has the type of the base.
///
/// Formula: `Z = X^Y`. An integer base with a floating-point exponent goes through double and saturates; integers
/// wrap, and a negative exponent gives the truncated quotient, 0 for a base of 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Pow.html>, opsets 1, 7, 12, 13, 15.
/// - Supports: floats and integers of 8 to 64 bits, on both sides.
/// - Deviations: none.
struct Pow: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 2...2, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let base = try context.input(0, oneOf: .numbers)
        let exponent = try context.input(1, oneOf: .numbers)
        return [OutputPlan(base.elementType, try Shape.broadcast([base.shape, exponent.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let base = try context.input(0)
        let exponent = try context.input(1)
        let output = try context.output(0)
        let workers = context.workers
        let type: ElementType
        if base.elementType.isFloatingPoint {
            type = base.elementType == .float64 ? .float64 : .float32
        } else {
            type = exponent.elementType.isFloatingPoint ? .float64 : .int64
        }
        let x = base.elementType == type ? base : try TypedKernels.converted(base, to: type, workers: workers)
        let y =
            exponent.elementType == type
            ? exponent : try TypedKernels.converted(exponent, to: type, workers: workers)
        let result = output.elementType == type ? output : try Tensor(allocating: type, output.shape)
        try TypedKernels.binary(.power, x, y, into: result, workers: workers)
        if output.elementType != type { try TypedKernels.convert(result, into: output, workers: workers) }
    }
}
