// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that finds where along an axis the extreme element is.
protocol ArgExtremeOperator: Operator {
    static var greatest: Bool { get }
    var attributes: ArgExtremeAttributes { get }
    init(attributes: ArgExtremeAttributes)
}

/// The attributes of ArgMax and ArgMin.
struct ArgExtremeAttributes: Sendable {
    let axis: Int
    let keepsDimension: Bool
    let selectsLast: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        axis = try node.int("axis", default: 0)
        keepsDimension = try node.flag("keepdims", default: true)
        selectsLast = try node.flag("select_last_index")
    }
}

extension ArgExtremeOperator {
    init(_ node: OperatorNode) throws(ONNXError) { self.init(attributes: try ArgExtremeAttributes(node)) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let shape = try context.input(0, oneOf: .numbers).shape
        let axis = try shape.normalizedAxis(attributes.axis)
        guard shape[axis] > 0 else {
            throw ONNXError("op.shape", "Axis \(axis) of shape \(shape) is empty and has no extreme element.")
        }
        var dimensions = shape.dimensions
        if attributes.keepsDimension { dimensions[axis] = 1 } else { dimensions.remove(at: axis) }
        return [OutputPlan(.int64, try Shape(dimensions))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.argExtreme(
                input, axis: try input.shape.normalizedAxis(attributes.axis), greatest: Self.greatest,
                last: attributes.selectsLast, into: try context.output(0))
        }
    }
}
