// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

/// A function of two numbers with a result of their type.
package enum BinaryOperation: Sendable {
    case add, subtract, multiply, divide, truncatedRemainder, flooredRemainder, minimum, maximum, power
    case parametricRelu
}

/// A comparison of two numbers.
package enum Comparison: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }

/// A function of two bit patterns.
package enum BitOperation: Sendable { case and, or, xor, shiftLeft, shiftRight, shiftRightKeepingSign }

extension TypedKernels {
    /// `output = operation(a, b)`, both broadcast to the shape of `output`, which has their element type.
    ///
    /// `output` may be the same memory as an operand of its shape.
    /// - Throws: `op.div_zero` for integer division or remainder by zero.
    package static func binary(
        _ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        if output.elementType == .float32, a.shape == b.shape, let function = operation.vectorFunction {
            RowKernels.apply(
                function, a.pointer(to: Float.self), b.pointer(to: Float.self),
                into: output.mutablePointer(to: Float.self), count: output.shape.elementCount,
                workers: workers)
            return
        }
        switch operation {
        case .divide, .truncatedRemainder, .flooredRemainder:
            if !b.elementType.isFloatingPoint, output.shape.elementCount > 0 { try checkNoZero(b) }
        case .power:
            switch output.elementType {
            case .float32: run(FloatPowerFunction<Float>(), a, b, output, workers)
            case .float64: run(FloatPowerFunction<Double>(), a, b, output, workers)
            case .int64: run(IntegerPowerFunction(), a, b, output, workers)
            default: throw unsupported(output.elementType, in: "Power")
            }
            return
        default: break
        }
        let work = BinaryWork(operation: operation, a: a, b: b, output: output, workers: workers)
        try dispatch(output.elementType, work, in: "Arithmetic")
    }

    /// `output = a <comparison> b`, broadcast; `output` holds bool.
    package static func compare(
        _ comparison: Comparison, _ a: Tensor, _ b: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        let work = ComparisonWork(comparison: comparison, a: a, b: b, output: output, workers: workers)
        try dispatch(a.elementType, work, in: "Comparison", allowingBool: true)
    }

    /// `output = a <operation> b`, broadcast, bit by bit; signs matter only to the right shift that keeps them.
    package static func bits(
        _ operation: BitOperation, _ a: Tensor, _ b: Tensor, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        if operation == .shiftRightKeepingSign {
            switch output.elementType.bitWidth {
            case 8: run(SignedShiftRightFunction<Int8>(), a, b, output, workers)
            case 16: run(SignedShiftRightFunction<Int16>(), a, b, output, workers)
            case 32: run(SignedShiftRightFunction<Int32>(), a, b, output, workers)
            case 64: run(SignedShiftRightFunction<Int64>(), a, b, output, workers)
            default: throw unsupported(output.elementType, in: "Bitwise arithmetic")
            }
            return
        }
        switch output.elementType.bitWidth {
        case 8: bits(UInt8.self, operation, a, b, output, workers)
        case 16: bits(UInt16.self, operation, a, b, output, workers)
        case 32: bits(UInt32.self, operation, a, b, output, workers)
        case 64: bits(UInt64.self, operation, a, b, output, workers)
        default: throw unsupported(output.elementType, in: "Bitwise arithmetic")
        }
    }

    private static func bits<Element: FixedWidthInteger & BitwiseCopyable>(
        _ type: Element.Type, _ operation: BitOperation, _ a: Tensor, _ b: Tensor, _ output: Tensor,
        _ workers: WorkerPool
    ) {
        switch operation {
        case .and: run(AndFunction<Element>(), a, b, output, workers)
        case .or: run(OrFunction<Element>(), a, b, output, workers)
        case .xor: run(XorFunction<Element>(), a, b, output, workers)
        case .shiftLeft: run(ShiftLeftFunction<Element>(), a, b, output, workers)
        case .shiftRight, .shiftRightKeepingSign: run(ShiftRightFunction<Element>(), a, b, output, workers)
        }
    }

    private static func checkNoZero(_ divisor: Tensor) throws(ONNXError) {
        let count = divisor.shape.elementCount
        let found =
            switch divisor.elementType.bitWidth {
            case 8: hasZero(divisor.pointer(to: UInt8.self), count)
            case 16: hasZero(divisor.pointer(to: UInt16.self), count)
            case 32: hasZero(divisor.pointer(to: UInt32.self), count)
            default: hasZero(divisor.pointer(to: UInt64.self), count)
            }
        if found { throw ONNXError("op.div_zero", "An integer is divided by zero.") }
    }

    private static func hasZero<Element: FixedWidthInteger>(
        _ elements: UnsafePointer<Element>, _ count: Int
    ) -> Bool {
        for i in 0..<count where elements[i] == 0 { return true }
        return false
    }

    /// Walks two operands under the output's shape.
    static func run<Function: PairFunction>(
        _ function: Function, _ a: Tensor, _ b: Tensor, _ output: Tensor, _ workers: WorkerPool
    ) {
        let count = output.shape.elementCount
        guard count > 0 else { return }
        let plan = BroadcastPlan(output: output.shape, operands: [a.shape, b.shape])
        let left = a.pointer(to: Function.Element.self)
        let right = b.pointer(to: Function.Element.self)
        let target = output.mutablePointer(to: Function.Result.self)
        let length = plan.rowLength
        let leftStride = plan.rowStride(0)
        let rightStride = plan.rowStride(1)
        let rows = plan.rowCount
        if rows == 1 {
            inParallel(workers, count: length) { range in
                let start = range.lowerBound
                row(
                    function, left + start * leftStride, leftStride, right + start * rightStride, rightStride,
                    target + start, range.count)
            }
            return
        }
        inParallel(workers, count: rows, grain: max(1, parallelGrain / max(1, length))) { range in
            var cursor = plan.cursor(at: range.lowerBound)
            for index in range {
                row(
                    function, left + cursor.offsets.0, leftStride, right + cursor.offsets.1, rightStride,
                    target + index * length, length)
                cursor.advance()
            }
        }
    }

    @inline(__always)
    private static func row<Function: PairFunction>(
        _ function: Function, _ a: UnsafePointer<Function.Element>, _ aStride: Int,
        _ b: UnsafePointer<Function.Element>, _ bStride: Int,
        _ target: UnsafeMutablePointer<Function.Result>, _ count: Int
    ) {
        if aStride == 1, bStride == 1 {
            for i in 0..<count { target[i] = function(a[i], b[i]) }
        } else if aStride == 1, bStride == 0 {
            let value = b[0]
            for i in 0..<count { target[i] = function(a[i], value) }
        } else if aStride == 0, bStride == 1 {
            let value = a[0]
            for i in 0..<count { target[i] = function(value, b[i]) }
        } else {
            for i in 0..<count { target[i] = function(a[i &* aStride], b[i &* bStride]) }
        }
    }
}

extension BinaryOperation {
    /// The float32 vector kernel of this function, where there is one.
    fileprivate var vectorFunction: BinaryFunction? {
        switch self {
        case .add: .add
        case .multiply: .multiply
        default: nil
        }
    }
}

private struct BinaryWork: NumericWork {
    let operation: BinaryOperation
    let a: Tensor
    let b: Tensor
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        switch operation {
        case .add: TypedKernels.run(AddFunction<Element>(), a, b, output, workers)
        case .subtract: TypedKernels.run(SubtractFunction<Element>(), a, b, output, workers)
        case .multiply: TypedKernels.run(MultiplyFunction<Element>(), a, b, output, workers)
        case .divide: TypedKernels.run(DivideFunction<Element>(), a, b, output, workers)
        case .truncatedRemainder:
            TypedKernels.run(TruncatedRemainderFunction<Element>(), a, b, output, workers)
        case .flooredRemainder:
            TypedKernels.run(FlooredRemainderFunction<Element>(), a, b, output, workers)
        case .minimum: TypedKernels.run(MinimumFunction<Element>(), a, b, output, workers)
        case .maximum: TypedKernels.run(MaximumFunction<Element>(), a, b, output, workers)
        case .parametricRelu: TypedKernels.run(ParametricReluFunction<Element>(), a, b, output, workers)
        case .power: throw TypedKernels.unsupported(Element.elementType, in: "Power")
        }
    }
}

private struct ComparisonWork: NumericWork {
    let comparison: Comparison
    let a: Tensor
    let b: Tensor
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        switch comparison {
        case .equal: TypedKernels.run(EqualFunction<Element>(), a, b, output, workers)
        case .less: TypedKernels.run(LessFunction<Element>(), a, b, output, workers)
        case .lessOrEqual: TypedKernels.run(LessOrEqualFunction<Element>(), a, b, output, workers)
        case .greater: TypedKernels.run(LessFunction<Element>(), b, a, output, workers)
        case .greaterOrEqual: TypedKernels.run(LessOrEqualFunction<Element>(), b, a, output, workers)
        }
    }
}
