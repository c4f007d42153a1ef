// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// LayerNormalization: mean 0 and variance 1 over the dimensions from an axis on, then scaled and shifted.
///
/// Formula: `Y = (X − mean) ÷ √(variance + epsilon) × Scale + B`; the further outputs are the mean and
/// `1 ÷ √(variance + epsilon)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__LayerNormalization.html>, opsets 17.
/// - Supports: float16, bfloat16, float and double; statistics in double.
/// - Deviations: accepted in every operator set, since exporters write it before version 17.
struct LayerNormalization: Operator {
    private let axis: Int
    private let epsilon: Float

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...3)
        axis = try node.int("axis", default: -1)
        epsilon = try node.float("epsilon", default: 1e-5)
        node.ignore("stash_type")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        let axis = try input.shape.normalizedAxis(axis)
        for index in 1...2 where context.hasInput(index) {
            try context.checkSameElementType(0, index)
            try input.shape.checkStretches(try context.input(index).shape, from: axis)
        }
        var statistics = input.shape.dimensions
        for trailing in axis..<input.shape.rank { statistics[trailing] = 1 }
        let shape = try Shape(statistics)
        let plans = [
            OutputPlan(input.elementType, input.shape), OutputPlan(.float32, shape),
            OutputPlan(.float32, shape),
        ]
        return Array(plans.prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let axis = try input.shape.normalizedAxis(axis)
            let columns = input.shape.product(axis..<input.shape.rank)
            guard input.shape.elementCount > 0 else {
                // Statistics of no elements.
                let nothing = try Tensor(scalar: Float.nan)
                for index in 1...2 {
                    if let output = context.optionalOutput(index) {
                        try TypedKernels.fill(output, with: nothing, workers: context.workers)
                    }
                }
                return
            }
            let scale = try context.input(1)
            let bias = context.optionalInput(2)
            let isPlain =
                scale.shape.elementCount == columns && (bias?.shape.elementCount ?? columns) == columns
            let output = context.optionalOutput(0)
            try TypedKernels.layerNormalization(
                input, rows: input.shape.elementCount / columns, columns: columns,
                scale: isPlain ? scale : nil,
                bias: isPlain ? bias : nil, epsilon: epsilon, into: output, mean: context.optionalOutput(1),
                inverseDeviation: context.optionalOutput(2), workers: context.workers)
            guard !isPlain, let output else { return }
            try TypedKernels.binary(.multiply, output, scale, into: output, workers: context.workers)
            if let bias {
                try TypedKernels.binary(.add, output, bias, into: output, workers: context.workers)
            }
        }
    }
}
