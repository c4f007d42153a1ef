// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Split: pieces of a tensor along an axis, of given lengths or equal ones (the last may be shorter).
///
/// Formula: `outputs[k][…, i, …] = input[…, offset(k) + i, …]`, offset(k) being the lengths of the pieces before.
/// The lengths are an attribute before opset 13 and an input since; num_outputs exists since opset 18.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Split.html>, opsets 1, 2, 11, 13, 18.
/// - Supports: every type but strings.
/// - Deviations: none.
struct Split: Operator {
    private let axis: Int
    private let lengths: [Int]?
    private let count: Int

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...Int(Int32.max))
        axis = try node.int("axis", default: 0)
        lengths = try node.ints("split")
        count = try node.int("num_outputs", default: node.outputCount)
        guard count == node.outputCount else {
            throw ONNXError(
                "attr.value", "num_outputs is \(count); the node has \(node.outputCount) outputs.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .movable)
        let axis = try input.shape.normalizedAxis(axis)
        let lengths = try pieces(
            of: input.shape[axis], given: context.hasInput(1) ? try context.integers(1) : lengths)
        var plans: [OutputPlan] = []
        for length in lengths {
            plans.append(OutputPlan(input.elementType, try input.shape.replacing(axis, with: length)))
        }
        return plans
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.withWholeBytes { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            let axis = try input.shape.normalizedAxis(axis)
            let view = AxisView(input.shape, axis: axis)
            let unit = view.inner * (input.elementType.bitWidth / 8)
            let given = try context.optionalInput(1)?.integers() ?? lengths
            var position = 0
            for (index, length) in try pieces(of: view.length, given: given).enumerated() {
                if let output = context.optionalOutput(index) {
                    TypedKernels.copyBlocks(
                        from: input.baseAddress.advanced(by: position), stride: view.length * unit,
                        to: output.mutableBaseAddress, stride: length * unit, byteCount: length * unit,
                        count: view.outer)
                }
                position += length * unit
            }
        }
    }

    private func pieces(of length: Int, given: [Int]?) throws(ONNXError) -> [Int] {
        guard let given else {
            let size = length / count + (length % count == 0 ? 0 : 1)
            return (0..<count).map { max(0, min(size, length - $0 * size)) }
        }
        var sum = 0
        for piece in given {
            let (next, overflow) = sum.addingReportingOverflow(piece)
            guard piece >= 0, !overflow else {
                throw ONNXError("op.shape", "The lengths \(given) of the pieces hold \(piece).")
            }
            sum = next
        }
        guard sum == length, given.count == count else {
            throw ONNXError(
                "op.shape",
                "The lengths \(given) do not cut an axis of \(length) into \(count) pieces.")
        }
        return given
    }
}
