// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator of two bit patterns of one type, broadcast in both directions: bool for the logical ones, integers
/// for the bitwise ones.
protocol BitsOperator: Operator {
    static var operation: BitOperation { get }
    static var types: Set<ElementType> { get }
    init()
}

extension BitsOperator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        self.init()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: Self.types)
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(a.elementType, try Shape.broadcast([a.shape, b.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try TypedKernels.bits(
            Self.operation, try context.input(0), try context.input(1), into: try context.output(0),
            workers: context.workers)
    }
}
