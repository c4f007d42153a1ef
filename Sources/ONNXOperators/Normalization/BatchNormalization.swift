// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// BatchNormalization: each channel shifted and scaled by statistics that training has left.
///
/// Formula: `Y = (X − input_mean) ÷ √(input_var + epsilon) · scale + B`, all but X one number for each channel.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>, opsets 7, 9, 14, 15.
/// - Supports: float16, bfloat16, float and double.
/// - Deviations: training_mode 1, parameters of another type than X, and spatial 0 are refused.
struct BatchNormalization: Operator {
    private let epsilon: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 5...5, outputs: 1...1)
        epsilon = try node.epsilon(default: 1e-5)
        node.ignore("momentum")
        let trains = try node.flag("training_mode")
        let isSpatial = try node.flag("spatial", default: true)
        guard !trains, isSpatial else {
            throw ONNXError("attr.unsupported", "training_mode 1 and spatial 0 are not supported.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(0, oneOf: .floats)
        let channels = x.shape.rank > 1 ? x.shape[1] : 1
        for index in 1...4 {
            try context.checkSameElementType(0, index)
            guard x.shape.rank > 0, try context.input(index).shape.dimensions == [channels] else {
                throw ONNXError(
                    "op.shape",
                    "Input \(index) is \(try context.input(index)); [\(channels)] is expected for \(x).")
            }
        }
        return [OutputPlan(x.elementType, x.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let x = try context.input(0)
            let output = try context.output(0)
            let workers = context.workers
            let trailing = Array(repeating: 1, count: max(0, x.shape.rank - 2))
            let shape = try Shape([try context.input(1).shape[0]] + trailing)
            let factor = try Tensor(allocating: x.elementType, shape)
            let mean = try context.input(3).reshaped(to: shape)
            let margin = try TypedKernels.converted(
                Tensor(scalar: epsilon), to: x.elementType, workers: workers)
            try TypedKernels.binary(
                .add, try context.input(4).reshaped(to: shape), margin, into: factor, workers: workers)
            try TypedKernels.unary(.squareRoot, factor, into: factor, workers: workers)
            try TypedKernels.binary(
                .divide, try context.input(1).reshaped(to: shape), factor, into: factor, workers: workers)
            try TypedKernels.binary(.subtract, x, mean, into: output, workers: workers)
            try TypedKernels.binary(.multiply, output, factor, into: output, workers: workers)
            try TypedKernels.binary(
                .add, output, try context.input(2).reshaped(to: shape), into: output, workers: workers)
        }
    }
}
