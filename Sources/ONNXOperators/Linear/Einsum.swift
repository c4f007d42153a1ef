// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// Einsum: a sum of products over labelled dimensions, as in NumPy.
///
/// Formula: `output[free labels] = Σ Π inputs[k][labels of k]`, the sum over the labels that the output lacks.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Einsum.html>, opsets 12, 28.
/// - Supports: floats and integers of 8 to 64 bits; any number of operands, repeated labels, ellipsis.
/// - Deviations: none; a malformed equation is the error `op.attr`, one of more than 2⁴⁰ products `run.budget`.
struct Einsum: Operator {
    /// Products that one call may add up: as many as some minutes hold.
    private static let productLimit = 1 << 40

    private let equation: EinsumEquation

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...Int(Int32.max), outputs: 1...1)
        guard let text = try node.string("equation") else {
            throw ONNXError("attr.missing", "Einsum needs an equation.")
        }
        equation = try EinsumEquation(text)
        guard equation.operands.count == node.inputCount else {
            throw ONNXError(
                "op.attr",
                "The equation \"\(text)\" has \(equation.operands.count) terms for \(node.inputCount) inputs."
            )
        }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let first = try context.input(0, oneOf: .numbers)
        var shapes: [Shape] = []
        for index in 0..<context.inputCount {
            try context.checkSameElementType(0, index)
            shapes.append(try context.input(index).shape)
        }
        let sizes = try equation.resolve(shapes)
        var products = 1
        for length in sizes.lengths where length > 0 {
            let (next, overflow) = products.multipliedReportingOverflow(by: length)
            guard !overflow, next <= Self.productLimit else {
                throw ONNXError(
                    "run.budget",
                    "Dimensions \(sizes.lengths) ask for more than \(Self.productLimit) products, which is the limit."
                )
            }
            products = next
        }
        return [OutputPlan(first.elementType, try Shape(Array(sizes.lengths.prefix(sizes.outputRank))))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            var operands: [Tensor] = []
            for index in 0..<context.inputCount { operands.append(try context.input(index)) }
            let sizes = try equation.resolve(operands.map(\.shape))
            try TypedKernels.einsum(
                operands, lengths: sizes.lengths, outputRank: sizes.outputRank, strides: sizes.strides,
                into: try context.output(0), workers: context.workers)
        }
    }
}
