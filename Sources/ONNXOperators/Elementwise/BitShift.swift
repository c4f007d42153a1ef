// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// BitShift: shifts unsigned integers left or right, broadcast; 0 where the count reaches the width.
///
/// Formula: `Z = X << Y` or `X >> Y`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BitShift.html>, opsets 11, 28.
/// - Supports: uint8, uint16, uint32, uint64.
/// - Deviations: none.
struct BitShift: Operator {
    private let operation: BitOperation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        switch try node.string("direction") {
        case "LEFT": operation = .shiftLeft
        case "RIGHT": operation = .shiftRight
        case let other:
            throw ONNXError("attr.value", "direction is \(other ?? "left out"); LEFT or RIGHT is expected.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: [.uint8, .uint16, .uint32, .uint64])
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(a.elementType, try Shape.broadcast([a.shape, b.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try TypedKernels.bits(
            operation, try context.input(0), try context.input(1), into: try context.output(0),
            workers: context.workers)
    }
}
