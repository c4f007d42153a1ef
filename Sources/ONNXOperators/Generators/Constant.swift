// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Constant: a tensor written in the model.
///
/// Formula: `output = value`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Constant.html>, opsets 1, 9, 11, 12, 13, 19, 21, 23, 24, 25.
/// - Supports: value, value_float, value_floats, value_int, value_ints, value_string, value_strings.
/// - Deviations: sparse_value is refused.
struct Constant: Operator {
    private let tensor: Tensor

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 0...0, outputs: 1...1)
        var found: [Tensor] = []
        if let value = try node.tensor("value") { found.append(value) }
        if let value = try node.float("value_float") { found.append(try Tensor(scalar: value)) }
        if let values = try node.floats("value_floats") {
            found.append(try Tensor(values, shape: [values.count]))
        }
        if let value = try node.int("value_int") { found.append(try Tensor(scalar: Int64(value))) }
        if let values = try node.ints("value_ints") {
            found.append(try Tensor(values.map { Int64($0) }, shape: [values.count]))
        }
        if let value = try node.string("value_string") {
            found.append(try Tensor(strings: [value], shape: []))
        }
        if let values = try node.strings("value_strings") {
            found.append(try Tensor(strings: values, shape: [values.count]))
        }
        guard found.count == 1, let tensor = found.first else {
            throw ONNXError(
                "attr.missing", "A Constant has one dense value attribute; this one has \(found.count).")
        }
        self.tensor = tensor
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] { [.constant(tensor)] }

    func run(_ context: RunContext) throws(ONNXError) {}
}
