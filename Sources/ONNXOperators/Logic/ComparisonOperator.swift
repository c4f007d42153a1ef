// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that compares two numbers of one type, broadcast in both directions; the result is bool.
protocol ComparisonOperator: Operator {
    static var comparison: Comparison { get }
    static var types: Set<ElementType> { get }
    init()
}

extension ComparisonOperator {
    static var types: Set<ElementType> { .numbers }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...2, outputs: 1...1)
        self.init()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let a = try context.input(0, oneOf: Self.types)
        let b = try context.input(1)
        try context.checkSameElementType(0, 1)
        return [OutputPlan(.bool, try Shape.broadcast([a.shape, b.shape]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.compare(
                Self.comparison, try context.input(0), try context.input(1), into: try context.output(0),
                workers: context.workers)
        }
    }
}
