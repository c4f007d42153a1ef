// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// BitShift: shifts integers left or right, broadcast; signs stay to the right. A count that is negative or
/// reaches the width leaves the sign alone: −1 for a negative number to the right, else 0.
///
/// Formula: `Z = X << Y` or `X >> Y`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BitShift.html>, opsets 11, 28.
/// - Supports: integers of 8 to 64 bits; signed ones since opset 28.
/// - Deviations: none.
struct BitShift: Operator {
    private let operation: BitOperation
    private let types: Set<ElementType>

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        types = node.version < 28 ? [.uint8, .uint16, .uint32, .uint64] : .integers
        switch try node.string("direction") {
        case "LEFT": operation = .shiftLeft
        case "RIGHT": operation = .shiftRight
        case let other:
            throw ONNXError("attr.value", "direction is \(other ?? "left out"); LEFT or RIGHT is expected.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: types)
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(a.elementType, try Shape.broadcast([a.shape, b.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let isSigned = [.int8, .int16, .int32, .int64].contains(try context.input(0).elementType)
        try TypedKernels.bits(
            isSigned && operation == .shiftRight ? .shiftRightKeepingSign : operation, try context.input(0),
            try context.input(1), into: try context.output(0),
            workers: context.workers)
    }
}
