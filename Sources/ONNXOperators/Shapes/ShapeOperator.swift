// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Shape: the dimensions of a tensor, or of a range of its axes, as an int64 vector.
///
/// Formula: `shape = data.shape[start..<end]`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Shape.html>, opsets 1, 13, 15 (adds start and end), 19 to 25.
/// - Supports: tensors of every type.
/// - Deviations: none.
struct ShapeOperator: Operator {
    private let start: Int
    private let end: Int?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        start = try node.int("start", default: 0)
        end = try node.int("end")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let shape = try context.input(0).shape
        let from = clamped(start, shape.rank)
        let to = max(from, clamped(end ?? shape.rank, shape.rank))
        let dimensions = shape.dimensions[from..<to].map { Int64($0) }
        return [.constant(try Tensor(dimensions, shape: [dimensions.count]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}

    private func clamped(_ axis: Int, _ rank: Int) -> Int {
        let positive = axis < 0 ? axis.addingReportingOverflow(rank).partialValue : axis
        return min(max(positive, 0), rank)
    }
}
