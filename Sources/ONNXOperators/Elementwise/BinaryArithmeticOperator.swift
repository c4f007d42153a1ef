// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator of two numbers of one type with a result of that type, broadcast in both directions.
protocol BinaryArithmeticOperator: Operator {
    static var operation: BinaryOperation { get }
    static var types: Set<ElementType> { get }
    init()
}

extension BinaryArithmeticOperator {
    static var types: Set<ElementType> { .numbers }

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
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.binary(
                Self.operation, try context.input(0), try context.input(1), into: try context.output(0),
                workers: context.workers)
        }
    }
}
