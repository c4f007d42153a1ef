// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// SimplifiedLayerNormalization: root mean square norm over the last axes.
///
/// Formula: `Y = X / sqrt(mean(X²) + epsilon) * scale`, the mean over the axes from `axis` on; inv_std_var is
/// `1 / sqrt(mean(X²) + epsilon)`.
/// - Spec: exporters put it into ONNX's own domain, which has no page of it; onnxruntime's schema gives version 1.
/// - Supports: float32, float16, bfloat16; stash_type 1.
/// - Deviations: none.
struct SimplifiedLayerNormalization: FloatOperator {
    private let axis: Int
    private let epsilon: Float

    /// The result has the type of the scale.
    static var typeInput: Int { 1 }
    static var floatOutputs: Set<Int> { [1] }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...2)
        axis = try node.int("axis", default: -1)
        epsilon = try node.epsilon(default: 1e-5)
        try node.checkStashType()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let scale = try context.input(1, oneOf: [.float32])
        let axis = try input.shape.normalizedAxis(self.axis)
        let width = input.shape.product(axis..<input.shape.rank)
        guard scale.shape.elementCount == width, width > 0 || input.shape.elementCount == 0 else {
            throw ONNXError("op.shape", "scale is \(scale); \(width) elements are expected for \(input).")
        }
        var statistics = input.shape.dimensions
        for trailing in axis..<input.shape.rank { statistics[trailing] = 1 }
        let plans = [OutputPlan(.float32, input.shape), OutputPlan(.float32, try Shape(statistics))]
        return Array(plans.prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let scale = try context.input(1)
        let output = try context.output(0)
        let width = scale.shape.elementCount
        if let deviation = context.optionalOutput(1) {
            try TypedKernels.inverseDeviation(
                input, columns: width, epsilon: epsilon, into: deviation, workers: context.workers)
        }
        guard width > 0 else { return }
        withExtendedLifetime((input, scale, output)) {
            let arguments = NormArguments(
                x: input.floats, scale: scale.floats, y: output.mutableFloats,
                rows: input.shape.elementCount / width, width: width, epsilon: epsilon)
            RowKernels.rmsNorm(arguments, workers: context.workers)
        }
    }
}
