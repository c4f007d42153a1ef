// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that applies one function to every floating-point element.
protocol UnaryFloatOperator: Operator {
    /// The function with the parameters that the attributes give.
    var operation: UnaryOperation { get }
}

extension UnaryFloatOperator {
    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        return [OutputPlan(input.elementType, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            try TypedKernels.unary(
                operation, try context.input(0), into: try context.output(0), workers: context.workers)
        }
    }
}
