// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Gemm: a product of two matrices, either transposed, scaled, plus a scaled bias that broadcasts.
///
/// Formula: `Y = alpha × A' × B' + beta × C`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Gemm.html>, opsets 1, 6, 7, 9, 11, 13.
/// - Supports: floats, int32, int64, uint32, uint64.
/// - Deviations: none; integers wrap, alpha and beta are then truncated.
struct Gemm: Operator {
    private let alpha: Float
    private let beta: Float
    private let aIsTransposed: Bool
    private let bIsTransposed: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        alpha = try node.float("alpha", default: 1)
        beta = try node.float("beta", default: 1)
        aIsTransposed = try node.int("transA", default: 0) != 0
        bIsTransposed = try node.int("transB", default: 0) != 0
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: TypedKernels.matrixTypes.union(Set.floats))
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        guard a.shape.rank == 2, b.shape.rank == 2,
            a.shape[aIsTransposed ? 0 : 1] == b.shape[bIsTransposed ? 1 : 0]
        else {
            throw ONNXError(
                "op.shape",
                "Shapes \(a.shape) and \(b.shape) (transA \(aIsTransposed), transB \(bIsTransposed)) do not multiply."
            )
        }
        let output = try Shape([a.shape[aIsTransposed ? 1 : 0], b.shape[bIsTransposed ? 0 : 1]])
        if let bias = context.optionalInput(2) {
            try context.checkSameElementType(0, 2)
            guard try Shape.broadcast([output, bias.shape]) == output else {
                throw ONNXError(
                    "op.broadcast", "A bias of shape \(bias.shape) does not stretch to \(output).")
            }
        }
        return [OutputPlan(a.elementType, output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let output = try context.output(0)
            try TypedKernels.generalProduct(
                try context.input(0), transposed: aIsTransposed, try context.input(1),
                transposed: bIsTransposed, into: output, workers: context.workers)
            try TypedKernels.scaleAndAdd(
                output, alpha: alpha, beta: beta, bias: beta == 0 ? nil : context.optionalInput(2),
                workers: context.workers)
        }
    }
}
