// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// SiluMultiply (domain `onnxlm`): `x · sigmoid(x) · u`.
///
/// - Spec: internal; it takes the place of a Sigmoid and two Mul.
/// - Supports: float16, bfloat16, float and double, broadcast in both directions.
/// - Deviations: none.
struct SiluMultiply: Operator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(0, oneOf: .floats)
        let u = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(x.elementType, try Shape.broadcast([x.shape, u.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let x = try context.input(0)
            let u = try context.input(1)
            let output = try context.output(0)
            if x.elementType == .float32, x.shape == u.shape {
                RowKernels.apply(
                    .siluMultiply, x.floats, u.floats, into: output.mutableFloats,
                    count: x.shape.elementCount,
                    workers: context.workers)
                return withExtendedLifetime((x, u, output)) {}
            }
            let silu = try Tensor(allocating: x.elementType, x.shape)
            try TypedKernels.unary(.sigmoid, x, into: silu, workers: context.workers)
            try TypedKernels.binary(.multiply, x, silu, into: silu, workers: context.workers)
            try TypedKernels.binary(.multiply, silu, u, into: output, workers: context.workers)
        }
    }
}
