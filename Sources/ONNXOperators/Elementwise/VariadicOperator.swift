// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// An operator that folds any number of tensors of one type, broadcast together, from the first to the last.
protocol VariadicOperator: Operator {
    static var operation: BinaryOperation { get }
    static var types: Set<ElementType> { get }
    /// Whether the fold is divided by the number of inputs.
    static var averages: Bool { get }
    init()
}

extension VariadicOperator {
    static var types: Set<ElementType> { .numbers }
    static var averages: Bool { false }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 1...Int(Int32.max), outputs: 1...1)
        self.init()
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let first = try context.input(0, oneOf: Self.types)
        var shapes = [first.shape]
        for index in 1..<context.inputCount {
            try context.checkSameElementType(0, index)
            shapes.append(try context.input(index).shape)
        }
        return [OutputPlan(first.elementType, try Shape.broadcast(shapes))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        try context.inSinglePrecision { (context: RunContext) throws(ONNXError) in
            let output = try context.output(0)
            let workers = context.workers
            let first = try context.input(0)
            if context.inputCount == 1 {
                output.mutableBaseAddress.copyMemory(from: first.baseAddress, byteCount: output.byteCount)
                return
            }
            try TypedKernels.binary(
                Self.operation, first, try context.input(1), into: output, workers: workers)
            for index in 2..<max(2, context.inputCount) {
                try TypedKernels.binary(
                    Self.operation, output, try context.input(index), into: output, workers: workers)
            }
            if Self.averages {
                let count = try TypedKernels.converted(
                    try Tensor(scalar: Float(context.inputCount)), to: output.elementType, workers: workers)
                try TypedKernels.binary(.divide, output, count, into: output, workers: workers)
            }
        }
    }
}
