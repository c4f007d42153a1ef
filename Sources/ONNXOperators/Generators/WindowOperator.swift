// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// The windows of signal processing: sums of cosines, `[size]`.
protocol WindowOperator: Operator {
    /// Coefficients of `cos(0)`, `cos(2πn ÷ N)`, `cos(4πn ÷ N)` …
    static var coefficients: [Double] { get }
    var attributes: WindowAttributes { get }
    init(attributes: WindowAttributes)
}

/// What the windows read from their node.
struct WindowAttributes: Sendable {
    let type: ElementType
    let isPeriodic: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        type = try node.elementType("output_datatype") ?? .float32
        isPeriodic = try node.flag("periodic", default: true)
        guard Set.numbers.contains(type) else {
            throw ONNXError("tensor.dtype_unsupported", "A window of \(type) is not supported.")
        }
    }
}

extension WindowOperator {
    init(_ node: OperatorNode) throws(ONNXError) { self.init(attributes: try WindowAttributes(node)) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        _ = try context.input(0, oneOf: .indices)
        return [OutputPlan(attributes.type, try Shape([try context.integer(0)]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let output = try context.output(0)
        let length = output.shape.elementCount
        // In parts, since the whole in float64 may be several times the output, which alone counts.
        for first in stride(from: 0, to: length, by: 1 << 16) {
            let shape = try Shape([min(1 << 16, length - first)])
            let values = try Tensor(allocating: .float64, shape)
            TypedKernels.cosineSum(
                Self.coefficients, isPeriodic: attributes.isPeriodic, length: length, from: first,
                into: values)
            let offset = try output.elementType.byteCount(forElements: first)
            let part = try Tensor(
                output.elementType, shape, storage: output.storage, byteOffset: output.byteOffset + offset)
            try TypedKernels.convert(values, into: part, workers: context.workers)
        }
    }
}
