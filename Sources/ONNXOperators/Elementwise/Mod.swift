// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Mod: remainders element by element, broadcast.
///
/// Formula: `C = A − floor(A ÷ B) · B`, or with fmod `A − trunc(A ÷ B) · B`.
/// The sign is that of the divisor, or that of the dividend where fmod is 1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Mod.html>, opsets 10, 13, 28.
/// - Supports: floats (before opset 28 with fmod) and integers of 8 to 64 bits.
/// - Deviations: a remainder of an integer by zero is the error `op.div_zero`.
struct Mod: Operator {
    private let followsDividend: Bool
    /// Whether floats may have remainders with the divisor's sign.
    private let takesFloats: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        followsDividend = try node.flag("fmod")
        takesFloats = followsDividend || node.version >= 28
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: .numbers)
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        guard takesFloats || !a.elementType.isFloatingPoint else {
            throw ONNXError("op.attr", "The remainder of \(a.elementType) needs fmod to be 1.")
        }
        return [OutputPlan(a.elementType, try Shape.broadcast([a.shape, b.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.binary(
                followsDividend ? .truncatedRemainder : .flooredRemainder, try context.input(0),
                try context.input(1), into: try context.output(0), workers: context.workers)
        }
    }
}
