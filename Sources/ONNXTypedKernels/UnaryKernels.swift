// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// A function of one floating-point number.
package enum UnaryOperation: Sendable {
    case exponential, logarithm, squareRoot, reciprocal, errorFunction, ceiling, floor, roundHalfToEven
    case trigonometric(Trigonometric)
    case hyperbolicTangent, sigmoid, softplus, softsign, hardSwish, mish, gelu, tanhGelu
    case elu(alpha: Float)
    case celu(alpha: Float)
    case selu(alpha: Float, gamma: Float)
    case leakyRelu(alpha: Float)
    case thresholdedRelu(alpha: Float)
    case hardSigmoid(alpha: Float, beta: Float)
    case swish(alpha: Float)
    case shrink(lambda: Float, bias: Float)
}

/// A function of one number that integers have too.
package enum SignOperation: Sendable { case negate, absolute, sign, relu }

extension TypedKernels {
    /// `output = operation(input)`; float32 or float64, same shape, may be the same memory.
    package static func unary(
        _ operation: UnaryOperation, _ input: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        if input.elementType == .float32, let function = operation.vectorFunction {
            RowKernels.apply(
                function, input.pointer(to: Float.self), into: output.mutablePointer(to: Float.self),
                count: input.shape.elementCount, workers: workers)
            return
        }
        let run = UnaryRun(input: input, output: output, workers: workers)
        switch operation {
        case .exponential: try run(ExponentialFunction())
        case .logarithm: try run(LogarithmFunction())
        case .squareRoot: try run(SquareRootFunction())
        case .reciprocal: try run(ReciprocalFunction())
        case .errorFunction: try run(ErrorFunction())
        case .ceiling: try run(RoundingFunction(rule: .up))
        case .floor: try run(RoundingFunction(rule: .down))
        case .roundHalfToEven: try run(RoundingFunction(rule: .toNearestOrEven))
        case .trigonometric(let function): try run(TrigonometricFunction(function: function))
        case .hyperbolicTangent: try run(HyperbolicTangentFunction())
        case .sigmoid: try run(SigmoidFunction())
        case .softplus: try run(SoftplusFunction())
        case .softsign: try run(SoftsignFunction())
        case .hardSwish: try run(HardSwishFunction())
        case .mish: try run(MishFunction())
        case .gelu: try run(GeluFunction())
        case .tanhGelu: try run(TanhGeluFunction())
        case .elu(let alpha): try run(EluFunction(alpha: alpha))
        case .celu(let alpha): try run(CeluFunction(alpha: alpha))
        case .selu(let alpha, let gamma): try run(SeluFunction(alpha: alpha, gamma: gamma))
        case .leakyRelu(let alpha): try run(LeakyReluFunction(alpha: alpha))
        case .thresholdedRelu(let alpha): try run(ThresholdedReluFunction(alpha: alpha))
        case .hardSigmoid(let alpha, let beta): try run(HardSigmoidFunction(alpha: alpha, beta: beta))
        case .swish(let alpha): try run(SwishFunction(alpha: alpha))
        case .shrink(let lambda, let bias): try run(ShrinkFunction(lambda: lambda, bias: bias))
        }
    }

    /// `output = operation(input)` for every number type of at least 8 bits but the 16-bit floats.
    package static func sign(
        _ operation: SignOperation, _ input: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        let work = SignWork(operation: operation, input: input, output: output, workers: workers)
        try dispatch(input.elementType, work, in: "Sign arithmetic")
    }

    /// `output = min(max(input, low), high)`; a bound left out does not bind; NaN stays.
    package static func clip(
        _ input: Tensor, low: Tensor?, high: Tensor?, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        let work = ClipWork(input: input, low: low, high: high, output: output, workers: workers)
        try dispatch(input.elementType, work, in: "Clip")
    }

    /// Whether each element is NaN, as bool; float32 or float64.
    package static func isNaN(_ input: Tensor, into output: Tensor) throws(ONNXError) {
        let work = ClassifyWork(input: input, output: output, nan: true, positive: false, negative: false)
        try dispatchFloat(input.elementType, work, in: "IsNaN")
    }

    /// Whether each element is an infinity of a wanted sign, as bool; float32 or float64.
    package static func isInfinite(
        _ input: Tensor, positive: Bool, negative: Bool, into output: Tensor
    ) throws(ONNXError) {
        let work = ClassifyWork(
            input: input, output: output, nan: false, positive: positive, negative: negative)
        try dispatchFloat(input.elementType, work, in: "IsInf")
    }

    /// `output = !input` for bool.
    package static func not(_ input: Tensor, into output: Tensor) {
        let from = input.pointer(to: UInt8.self)
        let to = output.mutablePointer(to: UInt8.self)
        for i in 0..<input.shape.elementCount { to[i] = from[i] == 0 ? 1 : 0 }
    }

    /// `output = ~input`, bit by bit.
    package static func bitwiseNot(_ input: Tensor, into output: Tensor) {
        let from = input.pointer(to: UInt8.self)
        let to = output.mutablePointer(to: UInt8.self)
        for i in 0..<input.byteCount { to[i] = ~from[i] }
    }
}

extension UnaryOperation {
    /// The float32 vector kernel of this function, where there is one.
    fileprivate var vectorFunction: UnaryFunction? {
        switch self {
        case .exponential: .exp
        case .hyperbolicTangent: .tanh
        case .errorFunction: .erf
        case .sigmoid: .sigmoid
        case .gelu: .gelu
        case .tanhGelu: .geluTanh
        case .swish(let alpha): alpha == 1 ? .silu : .quickGelu(factor: alpha)
        default: nil
        }
    }
}

private struct UnaryRun {
    let input: Tensor
    let output: Tensor
    let workers: WorkerPool

    @inline(__always)
    func callAsFunction<Function: ElementFunction>(_ function: Function) throws(ONNXError) {
        switch input.elementType {
        case .float32: apply(function, Float.self)
        case .float64: apply(function, Double.self)
        default: throw TypedKernels.unsupported(input.elementType, in: "This function")
        }
    }

    private func apply<Function: ElementFunction, Element: FloatElement>(
        _ function: Function, _ type: Element.Type
    ) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        TypedKernels.inParallel(workers, count: input.shape.elementCount, grain: 4_096) { range in
            for i in range { to[i] = function(from[i]) }
        }
    }
}

private struct SignWork: NumericWork {
    let operation: SignOperation
    let input: Tensor
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let isFloat = input.elementType.isFloatingPoint
        TypedKernels.inParallel(workers, count: input.shape.elementCount) { range in
            switch operation {
            case .negate:
                // A product keeps the sign of a zero; a difference would not.
                let minusOne = Element.zero.subtracting(1)
                for i in range { to[i] = from[i].multiplied(by: minusOne) }
            case .absolute: for i in range { to[i] = from[i].absolute }
            case .sign: for i in range { to[i] = from[i].signum }
            case .relu:
                for i in range { to[i] = from[i] > 0 || (isFloat && from[i].isNotANumber) ? from[i] : 0 }
            }
        }
    }
}

private struct ClipWork: NumericWork {
    let input: Tensor
    let low: Tensor?
    let high: Tensor?
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        let low = low.map { $0.pointer(to: type)[0] } ?? .lowest
        let high = high.map { $0.pointer(to: type)[0] } ?? .highest
        TypedKernels.inParallel(workers, count: input.shape.elementCount) { range in
            for i in range {
                let raised = from[i] < low ? low : from[i]
                to[i] = raised > high ? high : raised
            }
        }
    }
}

private struct ClassifyWork: FloatWork {
    let input: Tensor
    let output: Tensor
    let nan: Bool
    let positive: Bool
    let negative: Bool

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: Bool.self)
        for i in 0..<input.shape.elementCount {
            let x = from[i]
            to[i] = (nan && x != x) || (positive && x == .infinity) || (negative && x == -.infinity)
        }
    }
}
