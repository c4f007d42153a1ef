// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// QLinearMatMul: a product of quantized matrices, quantized again.
///
/// Formula: `y = clamp(round((a − a_zero_point) × (b − b_zero_point) · a_scale · b_scale ÷ y_scale) + y_zero_point)`, halves
/// to even; scale and zero point of a are scalars or one for each row, those of b one for each column.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__QLinearMatMul.html>, opsets 10, 21.
/// - Supports: int8 and uint8, mixed; scales float16, bfloat16 and float.
/// - Deviations: float8 is refused; y has one scale; sums wrap in 32 bits.
struct QLinearMatMul: Operator {
    private static let bytes: Set<ElementType> = [.int8, .uint8]

    /// Positions of a matrix, its scale and its zero point.
    private static let operands = [(0, 1, 2), (3, 4, 5)]

    init(_ node: OperatorNode) throws(ONNXError) { try node.checkArity(inputs: 8...8, outputs: 1...1) }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        for (matrix, scale, zero) in Self.operands {
            let type = try context.input(matrix, oneOf: Self.bytes)
            try context.checkSameElementType(matrix, zero)
            _ = try context.input(scale, oneOf: [.float16, .bfloat16, .float32])
            for index in [scale, zero] {
                let given = try context.input(index).shape
                let spread = try Self.spread(given, isLeft: matrix == 0, over: type.shape)
                guard try Shape.broadcast([spread, type.shape]) == type.shape else {
                    throw ONNXError("op.shape", "Input \(index) of shape \(given) does not suit \(type).")
                }
            }
        }
        let target = try context.input(7, oneOf: Self.bytes)
        _ = try context.input(6, oneOf: [.float16, .bfloat16, .float32])
        for index in 6...7 where try context.input(index).shape.elementCount != 1 {
            throw ONNXError(
                "op.shape", "Input \(index) is \(try context.input(index)); a scalar is expected.")
        }
        let product = try BatchedProductShape(context.input(0).shape, context.input(3).shape)
        return [OutputPlan(target.elementType, product.output)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let workers = context.workers
        let (a, b) = (try shifted(context, 0), try shifted(context, 1))
        let product = try BatchedProductShape(a.shape, b.shape)
        let sums = try Tensor(allocating: .int32, product.output)
        try TypedKernels.matrixProduct(a, b, product, into: sums, workers: workers)
        let scaled = try TypedKernels.converted(sums, to: .float32, workers: workers)
        for (matrix, scale, _) in Self.operands {
            let factor = try TypedKernels.converted(context.input(scale), to: .float32, workers: workers)
            let shape = try Self.spread(factor.shape, isLeft: matrix == 0, over: context.input(matrix).shape)
            // One row, or column, of a vector has no axis of its own in the product.
            let one = factor.shape.elementCount == 1 ? Shape.scalar : shape
            try TypedKernels.binary(
                .multiply, scaled, factor.reshaped(to: one), into: scaled, workers: workers)
        }
        let scale = try TypedKernels.converted(context.input(6), to: .float32, workers: workers)
        let zero = try TypedKernels.converted(context.input(7), to: .int32, workers: workers)
        let layout = try QuantizationLayout(scaled.shape, scale: .scalar, axis: 0, blockSize: 0)
        try TypedKernels.quantize(
            scaled, scale: scale, zeroPoint: zero, layout: layout, into: context.output(0),
            workers: workers)
    }

    private func shifted(_ context: RunContext, _ index: Int) throws(ONNXError) -> Tensor {
        let (matrix, _, zero) = Self.operands[index]
        let workers = context.workers
        let wide = try TypedKernels.converted(context.input(matrix), to: .int32, workers: workers)
        let given = try context.input(zero)
        let shape = try Self.spread(given.shape, isLeft: index == 0, over: wide.shape)
        let offset = try TypedKernels.converted(given.reshaped(to: shape), to: .int32, workers: workers)
        try TypedKernels.binary(.subtract, wide, offset, into: wide, workers: workers)
        return wide
    }

    /// A vector of the left operand goes along its rows.
    private static func spread(_ shape: Shape, isLeft: Bool, over matrix: Shape) throws(ONNXError) -> Shape {
        if shape.elementCount == 1 { return .scalar }
        return isLeft && shape.rank == 1 && matrix.rank > 1 ? try Shape([shape.elementCount, 1]) : shape
    }
}
