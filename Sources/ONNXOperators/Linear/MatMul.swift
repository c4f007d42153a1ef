// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// MatMul: products of matrices under NumPy's rules, leading dimensions broadcast.
///
/// Formula: `Y[…, i, j] = Σ A[…, i, k] · B[…, k, j]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__MatMul.html>, opsets 1, 9, 13.
/// - Supports: floats, int32, int64, uint32, uint64.
/// - Deviations: none; integers wrap.
struct MatMul: Operator {
    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 2...2, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: TypedKernels.matrixTypes.union(Set.floats))
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(a.elementType, try BatchedProductShape(a.shape, b.shape).output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let a = try context.input(0)
            let b = try context.input(1)
            try TypedKernels.matrixProduct(
                a, b, try BatchedProductShape(a.shape, b.shape), into: try context.output(0),
                workers: context.workers)
        }
    }
}
