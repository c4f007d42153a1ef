// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Dropout: gives its input; in training mode, zeroes elements at random and scales the rest.
///
/// Formula in training: `Y = X × mask ÷ (1 − ratio)`. The second output is the mask, all true outside training.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Dropout.html>, opsets 1, 6, 7, 10, 12, 13, 22.
/// - Supports: floats; in training float and double.
/// - Deviations: the random numbers are those of NumPy for the same seed; without a seed it is 0.
struct Dropout: Operator {
    private let seed: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...3, outputs: 1...2)
        seed = try node.int("seed", default: 0)
        node.ignore("ratio")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        let trains = context.hasInput(2) ? try isTraining(try context.value(2)) : false
        if trains, context.hasInput(1) {
            guard try context.input(1, oneOf: .floats).shape.elementCount == 1 else {
                throw ONNXError("op.shape", "The ratio is no scalar.")
            }
            let ratio = try ratio(try context.value(1))
            guard ratio >= 0, ratio < 1 else { throw ONNXError("op.attr", "The ratio is \(ratio).") }
        }
        let plans = [
            OutputPlan(input.elementType, input.shape, trains ? .allocated : .view(input: 0, byteOffset: 0)),
            OutputPlan(.bool, input.shape),
        ]
        return Array(plans.prefix(context.outputCount))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let mask = try Tensor(allocating: .bool, try context.input(0).shape)
        let flags = mask.mutableBaseAddress.assumingMemoryBound(to: Bool.self)
        let count = mask.shape.elementCount
        let trains = try context.optionalInput(2).map(isTraining) ?? false
        let ratio = try context.optionalInput(1).map(ratio) ?? 0.5
        if trains, ratio > 0 {
            var generator = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
            for index in 0..<count { flags[index] = generator.nextUnit() >= ratio }
        } else {
            flags.update(repeating: true, count: count)
        }
        if let output = context.optionalOutput(1) {
            output.mutableBaseAddress.copyMemory(from: mask.baseAddress, byteCount: count)
        }
        guard trains else { return }
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            guard let output = context.optionalOutput(0) else { return }
            let workers = context.workers
            let factor = try TypedKernels.converted(mask, to: output.elementType, workers: workers)
            let scale = try TypedKernels.converted(
                try Tensor(scalar: 1 / (1 - ratio)), to: output.elementType, workers: workers)
            try TypedKernels.binary(.multiply, try context.input(0), factor, into: output, workers: workers)
            try TypedKernels.binary(.multiply, output, scale, into: output, workers: workers)
        }
    }

    private func isTraining(_ tensor: Tensor) throws(ONNXError) -> Bool {
        try tensor.values(as: Bool.self).first ?? false
    }

    private func ratio(_ tensor: Tensor) throws(ONNXError) -> Double {
        let workers = try TypedKernels.serialWorkers()
        return try TypedKernels.converted(tensor, to: .float64, workers: workers).values(as: Double.self)
            .first ?? 0.5
    }
}
