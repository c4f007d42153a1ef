// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// ReverseSequence: the first elements of each sequence in reverse, the rest as they are.
///
/// Formula: `Y[t, b, …] = X[length(b) − 1 − t, b, …]` for `t < length(b)`, else `X[t, b, …]`; the axes exchanged where
/// time_axis is 1.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ReverseSequence.html>, opsets 10, 28.
/// - Supports: every type but strings and elements below 8 bits.
/// - Deviations: none; a length that the sequence lacks is the error `op.range`.
struct ReverseSequence: Operator {
    private let isTimeFirst: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        let time = try node.int("time_axis", default: 0)
        let batch = try node.int("batch_axis", default: 1)
        guard [time, batch].sorted() == [0, 1] else {
            throw ONNXError(
                "attr.value", "time_axis is \(time) and batch_axis \(batch); 0 and 1 are expected.")
        }
        isTimeFirst = time == 0
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: SpaceBlocks.types)
        let lengths = try context.input(1, oneOf: [.int64])
        guard input.shape.rank >= 2, lengths.shape.dimensions == [input.shape[isTimeFirst ? 1 : 0]] else {
            throw ONNXError(
                "op.shape",
                "input is \(input) and sequence_lens \(lengths); two axes, and a length for each sequence, are expected."
            )
        }
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        guard input.shape.elementCount > 0 else { return }
        let (rows, columns) = (input.shape[0], input.shape[1])
        let (times, sequences) = isTimeFirst ? (rows, columns) : (columns, rows)
        let blockSize = input.byteCount / (rows * columns)
        let (timeStride, sequenceStride) =
            isTimeFirst ? (columns * blockSize, blockSize) : (blockSize, columns * blockSize)
        let lengths = try context.input(1).integers()
        for sequence in 0..<sequences {
            let length = lengths[sequence]
            guard length >= 0, length <= times else {
                throw ONNXError("op.range", "Sequence \(sequence) has length \(length), not 0 to \(times).")
            }
            for time in 0..<times {
                let source = time < length ? length - 1 - time : time
                let offset = sequence * sequenceStride
                TypedKernels.copyBlocks(
                    from: input.baseAddress + (offset + source * timeStride), stride: 0,
                    to: output.mutableBaseAddress + (offset + time * timeStride), stride: 0,
                    byteCount: blockSize, count: 1)
            }
        }
        withExtendedLifetime((input, output)) {}
    }
}
