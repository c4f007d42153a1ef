// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Unsqueeze: inserts dimensions of length 1 at axes of the output; nothing is copied.
///
/// Formula: `expanded.shape = data.shape` with a 1 at each of the axes.
/// The axes are an attribute before opset 13 and an input since.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Unsqueeze.html>, opsets 1, 11, 13, 21, 23, 24, 25.
/// - Supports: every type.
/// - Deviations: none.
struct Unsqueeze: Operator {
    private let axes: [Int]?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...2, outputs: 1...1)
        axes = try node.ints("axes")
        guard axes != nil || node.hasInput(1) else {
            throw ONNXError("attr.missing", "Unsqueeze needs axes, as an attribute or as input 1.")
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        let given = context.hasInput(1) ? try context.integers(1) : axes ?? []
        guard input.shape.rank + given.count <= Shape.maximumRank else {
            throw ONNXError(
                "tensor.rank", "\(given.count) more dimensions exceed a rank of \(Shape.maximumRank).")
        }
        let ones = try Shape([Int](repeating: 1, count: input.shape.rank + given.count))
        let inserted = Set(try ones.normalizedAxes(given))
        var rest = input.shape.dimensions.makeIterator()
        let dimensions = (0..<ones.rank).map { inserted.contains($0) ? 1 : rest.next() ?? 1 }
        return [OutputPlan(input.elementType, try Shape(dimensions), .view(input: 0, byteOffset: 0))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}
}
