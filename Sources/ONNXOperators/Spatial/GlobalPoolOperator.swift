// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// One number for each channel, of all its spatial dimensions, which stay with length 1.
protocol GlobalPoolOperator: Operator {
    static var reduction: Reduction { get }
    init()
}

extension GlobalPoolOperator {
    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...1, outputs: 1...1)
        self.init()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: .floats)
        guard input.shape.rank > 2 else {
            throw ONNXError("op.shape", "The input is \(input); [batch, channels, …] is expected.")
        }
        let kept = Array(input.shape.dimensions.prefix(2))
        return [
            OutputPlan(
                input.elementType, try Shape(kept + Array(repeating: 1, count: input.shape.rank - 2)))
        ]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let input = try context.input(0)
            try TypedKernels.reduce(
                Self.reduction, input, axes: Array(2..<input.shape.rank), into: try context.output(0),
                workers: context.workers)
        }
    }
}
