// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels

/// Softmax, its logarithm and Hardmax: each group of elements along an axis becomes as many others.
protocol SoftmaxOperator: Operator {
    var attributes: SoftmaxAttributes { get }
    init(attributes: SoftmaxAttributes)
    static func fill(
        _ output: Tensor, from input: Tensor, view: AxisView, workers: WorkerPool
    ) throws(ONNXError)
}

/// The axis, and whether it begins a group of dimensions (before opset 13) or stands alone.
struct SoftmaxAttributes: Sendable {
    let axis: Int
    let groupsTrailingAxes: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        groupsTrailingAxes = node.version < 13
        axis = try node.int("axis", default: node.version < 13 ? 1 : -1)
    }

    func view(_ shape: Shape) throws(ONNXError) -> AxisView {
        if shape.rank == 0 { return AxisView(rows: 1, columns: 1) }
        if groupsTrailingAxes {
            let axis = axis == shape.rank ? axis : try shape.normalizedAxis(axis)
            return AxisView(
                rows: shape.product(0..<axis),
                columns: shape.elementCount == 0 ? 0 : shape.product(axis..<shape.rank))
        }
        return AxisView(shape, axis: try shape.normalizedAxis(axis))
    }
}

extension SoftmaxOperator {
    init(_ node: OperatorNode) throws(ONNXError) { self.init(attributes: try SoftmaxAttributes(node)) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        _ = try attributes.view(input.shape)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try Self.fill(
                try context.output(0), from: input, view: try attributes.view(input.shape),
                workers: context.workers)
        }
    }
}
