// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that applies one function to every number, integers included.
protocol SignOperator: Operator {
    static var operation: SignOperation { get }
    static var types: Set<ElementType> { get }
    init()
}

extension SignOperator {
    static var types: Set<ElementType> { .numbers }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        self.init()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: Self.types)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.sign(
                Self.operation, try context.input(0), into: try context.output(0), workers: context.workers)
        }
    }
}
