// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Reshape: the same elements in another shape; nothing is copied.
///
/// Formula: `reshaped[n] = data[n]` for the positions n in row-major order.
/// One dimension may be −1 (what is left over); 0 keeps the input's dimension unless allowzero.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Reshape.html>, opsets 1, 5, 13, 14, 19, 21, 23, 24, 25.
/// - Supports: every type.
/// - Deviations: none.
struct Reshape: Operator {
    private let allowsZero: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        allowsZero = try node.flag("allowzero")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0)
        let shape = try target(of: try context.integers(1), for: input.shape)
        return [OutputPlan(input.elementType, shape, .view(input: 0, byteOffset: 0))]
    }

    func run(_ context: RunContext) throws(ONNXError) {}

    private func target(of wanted: [Int], for input: Shape) throws(ONNXError) -> Shape {
        var dimensions = wanted
        var inferred: Int?
        for (axis, length) in wanted.enumerated() {
            if length == -1 {
                guard inferred == nil else { throw mismatch(wanted, input, "two dimensions are −1") }
                inferred = axis
                dimensions[axis] = 1
            } else if length == 0, !allowsZero {
                guard axis < input.rank else { throw mismatch(wanted, input, "dimension \(axis) is 0") }
                dimensions[axis] = input[axis]
            } else if length < 0 {
                throw mismatch(wanted, input, "dimension \(axis) is \(length)")
            }
        }
        let rest = try Shape(dimensions)
        guard let inferred else {
            guard rest.elementCount == input.elementCount else {
                throw mismatch(wanted, input, "the element counts differ")
            }
            return rest
        }
        if rest.elementCount == 0 {
            guard input.elementCount == 0, !(allowsZero && wanted.contains(0)) else {
                throw mismatch(wanted, input, "−1 stands beside a dimension of 0")
            }
            return try rest.replacing(inferred, with: 0)
        }
        guard input.elementCount % rest.elementCount == 0 else {
            throw mismatch(wanted, input, "the element count is no multiple of \(rest.elementCount)")
        }
        return try rest.replacing(inferred, with: input.elementCount / rest.elementCount)
    }

    private func mismatch(_ wanted: [Int], _ input: Shape, _ reason: String) -> ONNXError {
        ONNXError("op.shape", "Shape \(input) cannot become \(wanted): \(reason).")
    }
}
