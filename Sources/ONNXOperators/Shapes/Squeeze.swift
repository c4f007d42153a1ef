// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Squeeze: drops dimensions of length 1, all of them or those named; nothing is copied.
///
/// Formula: `squeezed.shape = data.shape` without the axes.
/// The axes are an attribute before opset 13 and an input since.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Squeeze.html>, opsets 1, 11, 13, 21, 23, 24, 25.
/// - Supports: every type.
/// - Deviations: none.
struct Squeeze: Operator {
    private let axes: [Int]?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...1)
        axes = try node.ints("axes")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        let shape = input.shape
        let given = context.hasInput(1) ? try context.integers(1) : axes
        let dropped: [Int]
        if let given {
            dropped = try shape.normalizedAxes(given)
            for axis in dropped where shape[axis] != 1 {
                throw ONNXError("op.shape", "Dimension \(axis) of \(shape) is not 1 and cannot be dropped.")
            }
        } else {
            dropped = (0..<shape.rank).filter { shape[$0] == 1 }
        }
        let kept = (0..<shape.rank).filter { !dropped.contains($0) }.map { shape[$0] }
        return [OutputPlan(input.elementType, try Shape(kept), .view(input: 0, byteOffset: 0))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}
}
