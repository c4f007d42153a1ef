// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// What DynamicQuantizeMatMul and MatMulIntegerToFloat share: a product of 8-bit matrices, made a float32 one.
///
/// Formula: `Y = (A − a_zero_point) × (B − b_zero_point) · a_scale · b_scale + bias`; scale and zero point of B are scalars
/// or have one element for each column.
struct IntegerMatrixProduct {
    let a: Tensor
    let b: Tensor
    let aScale: Tensor
    let bScale: Tensor
    let aZero: Tensor?
    let bZero: Tensor?
    let bias: Tensor?

    /// Checks types and shapes of the right-hand side; gives the shape of the product.
    ///
    /// - Throws: `op.shape`, `tensor.dtype_unsupported`.
    static func check(
        _ a: Shape, _ b: TensorType, scale: TensorType, zero: TensorType?, bias: TensorType?
    ) throws(ONNXError) -> Shape {
        let product = try BatchedProductShape(a, b.shape)
        let columns = b.shape.rank > 1 ? product.columns : 1
        guard b.elementType == .int8 || b.elementType == .uint8, scale.elementType == .float32,
            zero.map({ $0.elementType == b.elementType }) ?? true,
            bias.map({ $0.elementType == .float32 }) ?? true
        else {
            throw ONNXError(
                "tensor.dtype_unsupported",
                "B is \(b.elementType), b_scale \(scale.elementType): int8 or uint8, and float, are expected."
            )
        }
        for (name, type) in [("b_scale", scale), ("b_zero_point", zero)] {
            guard let type, type.shape.elementCount != 1 || type.shape.rank > 1 else { continue }
            guard type.shape.dimensions == [columns] else {
                throw ONNXError("op.shape", "\(name) is \(type); one element or [\(columns)] is expected.")
            }
        }
        if let bias, bias.shape.dimensions != [columns] {
            throw ONNXError("op.shape", "bias is \(bias); [\(columns)] is expected.")
        }
        return product.output
    }

    func run(into output: Tensor, _ context: RunContext) throws(ONNXError) {
        let workers = context.workers
        let left = try widened(a, minus: aZero, context)
        let right = try widened(b, minus: bZero, context)
        let sums = try Tensor(allocating: .int32, output.shape)
        try TypedKernels.matrixProduct(
            left, right, try BatchedProductShape(a.shape, b.shape), into: sums, workers: workers)
        try TypedKernels.convert(sums, into: output, workers: workers)
        let scale = try Tensor(allocating: .float32, bScale.shape)
        let factor = try aScale.reshaped(to: .scalar)
        try TypedKernels.binary(.multiply, bScale, factor, into: scale, workers: workers)
        let spread = scale.shape.elementCount == 1 ? try scale.reshaped(to: .scalar) : scale
        try TypedKernels.binary(.multiply, output, spread, into: output, workers: workers)
        if let bias { try TypedKernels.binary(.add, output, bias, into: output, workers: workers) }
    }

    /// 8-bit elements in 32 bits, less their zero point.
    private func widened(
        _ tensor: Tensor, minus zero: Tensor?, _ context: RunContext
    ) throws(ONNXError) -> Tensor {
        let wide = try TypedKernels.converted(tensor, to: .int32, workers: context.workers)
        guard let zero else { return wide }
        let shape = zero.shape.elementCount == 1 ? Shape.scalar : zero.shape
        let offset = try TypedKernels.converted(
            zero.reshaped(to: shape), to: .int32, workers: context.workers)
        try TypedKernels.binary(.subtract, wide, offset, into: wide, workers: context.workers)
        return wide
    }
}
