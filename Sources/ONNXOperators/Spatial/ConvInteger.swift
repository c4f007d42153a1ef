// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// ConvInteger: a convolution of 8-bit integers, summed in 32 bits.
///
/// Formula: ``Conv`` of `x − x_zero_point` and `w − w_zero_point`, without a bias; w_zero_point is a scalar or one for each
/// output channel.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ConvInteger.html>, opsets 10.
/// - Supports: int8 and uint8, mixed.
/// - Deviations: computed in float64, which holds every sum; sums beyond 32 bits saturate.
struct ConvInteger: Operator {
    private let convolution: Conv

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...4, outputs: 1...1)
        convolution = try Conv(attributesOf: node)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(0, oneOf: [.int8, .uint8])
        let w = try context.input(1, oneOf: [.int8, .uint8])
        let output = try convolution.outputShape(x, w)
        for (index, counts) in [(2, [1]), (3, [1, w.shape[0]])] where context.hasInput(index) {
            try context.checkSameElementType(index - 2, index)
            let zero = try context.input(index)
            guard zero.shape.rank <= 1, counts.contains(zero.shape.elementCount) else {
                throw ONNXError("op.shape", "The zero point \(index) is \(zero).")
            }
        }
        return [OutputPlan(.int32, output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let output = try context.output(0)
        let sums = try Tensor(allocating: .float64, output.shape)
        try convolution.compute(
            shifted(context, 0), shifted(context, 1), bias: nil, into: sums, workers: context.workers)
        try TypedKernels.convert(sums, into: output, workers: context.workers)
    }

    private func shifted(_ context: RunContext, _ index: Int) throws(ONNXError) -> Tensor {
        let workers = context.workers
        let wide = try TypedKernels.converted(context.input(index), to: .float64, workers: workers)
        guard let zero = context.optionalInput(index + 2) else { return wide }
        let count = zero.shape.elementCount
        let shape =
            count == 1
            ? Shape.scalar : try Shape([count] + Array(repeating: 1, count: wide.shape.rank - 1))
        let offset = try TypedKernels.converted(zero.reshaped(to: shape), to: .float64, workers: workers)
        try TypedKernels.binary(.subtract, wide, offset, into: wide, workers: workers)
        return wide
    }
}
