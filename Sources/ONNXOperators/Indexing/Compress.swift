// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Compress: the slices along an axis, or the elements of the flattened tensor, whose condition is true.
///
/// Formula: `output[n] = input[i]` for the n-th i with `condition[i]`; positions beyond the condition are left out.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Compress.html>, opsets 9, 11, 28.
/// - Supports: every type but strings and elements below 8 bits.
/// - Deviations: none; a condition longer than the axis is the error `op.shape`.
struct Compress: Operator {
    private let axis: Int?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        axis = try node.int("axis")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: SpaceBlocks.types)
        let condition = try context.input(1, oneOf: .bool)
        let length = try length(input.shape)
        guard condition.shape.rank == 1, condition.shape[0] <= length else {
            throw ONNXError(
                "op.shape", "condition is \(condition); one dimension of at most \(length) is expected.")
        }
        return [.deferred(input.elementType)]
    }

    private func length(_ shape: Shape) throws(ONNXError) -> Int {
        guard let axis else { return shape.elementCount }
        return shape[try shape.normalizedAxis(axis)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let flags = try TypedKernels.converted(context.input(1), to: .uint8, workers: context.workers)
            .integers()
        let chosen = flags.indices.filter { flags[$0] != 0 }
        let position = try axis.map { (axis: Int) throws(ONNXError) in
            try input.shape.normalizedAxis(axis)
        }
        var shape = try Shape([chosen.count])
        if let position { shape = try input.shape.replacing(position, with: chosen.count) }
        let output = try Tensor(allocating: input.elementType, shape)
        guard output.shape.elementCount > 0 else { return context.setOutput(0, output) }
        let (outer, inner): (Int, Int)
        if let position {
            outer = input.shape.product(0..<position)
            inner = input.shape.product(position + 1..<input.shape.rank)
        } else {
            (outer, inner) = (1, 1)
        }
        let width = inner * input.elementType.bitWidth / 8
        let length = try length(input.shape)
        for (target, source) in chosen.enumerated() {
            TypedKernels.copyBlocks(
                from: input.baseAddress + source * width, stride: length * width,
                to: output.mutableBaseAddress + target * width, stride: chosen.count * width,
                byteCount: width,
                count: outer)
        }
        withExtendedLifetime(input) {}
        context.setOutput(0, output)
    }
}
