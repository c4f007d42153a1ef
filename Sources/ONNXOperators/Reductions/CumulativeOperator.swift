// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that keeps a running total along an axis.
protocol CumulativeOperator: Operator {
    static var multiplies: Bool { get }
    var attributes: CumulativeAttributes { get }
    init(attributes: CumulativeAttributes)
}

/// The attributes of CumSum and CumProd.
struct CumulativeAttributes: Sendable {
    let isExclusive: Bool
    let isReversed: Bool

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        isExclusive = try node.flag("exclusive")
        isReversed = try node.flag("reverse")
    }
}

extension CumulativeOperator {
    init(_ node: OperatorNode) throws(ONNXError) { self.init(attributes: try CumulativeAttributes(node)) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .numbers)
        _ = try input.shape.normalizedAxis(try context.integer(1))
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let axis = try context.input(1).integers().first ?? 0
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.cumulate(
                input, axis: try input.shape.normalizedAxis(axis), product: Self.multiplies,
                exclusive: attributes.isExclusive, reverse: attributes.isReversed,
                into: try context.output(0))
        }
    }
}
