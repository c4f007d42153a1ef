// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// SpaceToDepth: blocks of height and width laid out as channels; the inverse of ``DepthToSpace``.
///
/// Formula: with blocks of b × b, `output[n, (i · b + j) · C + c, h, w] = input[n, c, h · b + i, w · b + j]` for C input
/// channels, or `output[n, c · b² + i · b + j, h, w]` in the mode CRD.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__SpaceToDepth.html>, opsets 1, 13, 28.
/// - Supports: every type but strings and elements below 8 bits.
/// - Deviations: none.
struct SpaceToDepth: Operator {
    private let blocks: SpaceBlocks

    init(_ node: OperatorNode) throws(ONNXError) { blocks = try SpaceBlocks(node) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: SpaceBlocks.types)
        guard input.shape.rank == 4, input.shape[2] % blocks.size == 0, input.shape[3] % blocks.size == 0
        else {
            throw ONNXError(
                "op.shape",
                "The input is \(input); four dimensions, blocksize \(blocks.size) dividing the last two, are expected."
            )
        }
        return [
            OutputPlan(
                input.elementType,
                try Shape([
                    input.shape[0], input.shape[1] * blocks.size * blocks.size, input.shape[2] / blocks.size,
                    input.shape[3] / blocks.size,
                ]))
        ]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        let b = blocks.size
        let (channels, width) = (input.shape[1], input.shape[3])
        let plane = input.shape[2] * width
        let (height, columns) = (output.shape[2], output.shape[3])
        let (batchStride, rows) = (channels * plane, b * width)
        let order =
            blocks.isColumnFirst
            ? (dimensions: [channels, b, b], strides: [plane, width, 1])
            : (dimensions: [b, b, channels], strides: [width, 1, plane])
        try TypedKernels.copyStrided(
            input, dimensions: [input.shape[0]] + order.dimensions + [height, columns],
            strides: [batchStride] + order.strides + [rows, b], into: output, workers: context.workers)
    }
}
