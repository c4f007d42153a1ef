// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Trilu: the upper or lower triangle of each matrix, the rest 0.
///
/// Formula: upper keeps `column − row ≥ k`, lower keeps `column − row ≤ k`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Trilu.html>, opsets 14.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Trilu: Operator {
    private let isUpper: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...1)
        isUpper = try node.flag("upper", default: true)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        guard input.shape.rank >= 2 else {
            throw ONNXError("op.shape", "The input has shape \(input.shape); matrices are expected.")
        }
        if let diagonal = context.optionalInput(1), diagonal.shape.elementCount != 1 {
            throw ONNXError("op.shape", "k is \(diagonal); one integer is expected.")
        }
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let diagonal = try context.optionalInput(1)?.integers().first ?? 0
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            try TypedKernels.triangle(
                try context.input(0), upper: isUpper, diagonal: diagonal, into: try context.output(0))
        }
    }
}
