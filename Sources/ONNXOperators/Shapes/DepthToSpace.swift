// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// DepthToSpace: channels laid out as blocks of height and width.
///
/// Formula: with blocks of b × b, `output[n, c, h · b + i, w · b + j] = input[n, (i · b + j) · C + c, h, w]` for C output
/// channels, or `input[n, c · b² + i · b + j, h, w]` in the mode CRD.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__DepthToSpace.html>, opsets 1, 11, 13, 28.
/// - Supports: every type but strings and elements below 8 bits.
/// - Deviations: none.
struct DepthToSpace: Operator {
    private let blocks: SpaceBlocks

    init(_ node: OperatorNode) throws(ONNXError) { blocks = try SpaceBlocks(node) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: SpaceBlocks.types)
        let area = blocks.size * blocks.size
        guard input.shape.rank == 4, input.shape[1] % area == 0 else {
            throw ONNXError(
                "op.shape",
                "The input is \(input); four dimensions, \(area) dividing the second, are expected.")
        }
        return [
            OutputPlan(
                input.elementType,
                try Shape([
                    input.shape[0], input.shape[1] / area, input.shape[2] * blocks.size,
                    input.shape[3] * blocks.size,
                ]))
        ]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        let (channels, height, width) = (output.shape[1], input.shape[2], input.shape[3])
        let plane = height * width
        let b = blocks.size
        let strides = blocks.isColumnFirst ? (c: b * b, i: b, j: 1) : (c: 1, i: b * channels, j: channels)
        try TypedKernels.copyStrided(
            input, dimensions: [input.shape[0], channels, height, b, width, b],
            strides: [
                input.shape[1] * plane, strides.c * plane, width, strides.i * plane, 1, strides.j * plane,
            ], into: output, workers: context.workers)
    }
}

/// The attributes of DepthToSpace and SpaceToDepth.
struct SpaceBlocks: Sendable {
    static let types = Set(Set<ElementType>.movable.filter { $0.bitWidth >= 8 })

    let size: Int
    /// The channels of a block's place follow each other, not those of one channel of the deep side.
    let isColumnFirst: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        size = try node.requiredInt("blocksize")
        let mode = try node.string("mode", default: "DCR")
        guard size > 0, size <= 1 << 15, mode == "DCR" || mode == "CRD" else {
            throw ONNXError("attr.value", "blocksize is \(size) and mode \(mode); from 1, and DCR or CRD.")
        }
        isColumnFirst = mode == "CRD"
    }
}
