// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// DequantizeLinear: floats from integers, or floats of few bits, by a scale and a zero point, for all elements, an axis, or blocks of it.
///
/// Formula: `y = (x − zero point) × scale`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html>, opsets 10, 13, 19, 21, 23, 24, 25, 28.
/// - Supports: integers of 2 to 32 bits, float8 (but for float8e8m0) and float4, to floats.
/// - Deviations: none.
struct DequantizeLinear: Operator {
    private static let sources: Set<ElementType> = [
        .int8, .uint8, .int16, .uint16, .int4, .uint4, .int2, .uint2, .int32, .float8e4m3fn, .float8e4m3fnuz,
        .float8e5m2, .float8e5m2fnuz, .float4e2m1,
    ]

    private let axis: Int
    private let blockSize: Int
    private let type: ElementType?

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        axis = try node.int("axis", default: 1)
        blockSize = try node.int("block_size", default: 0)
        let number = try node.int("output_dtype", default: 0)
        type = number == 0 ? nil : try node.elementType("output_dtype")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: Self.sources)
        let scale = try context.input(1, oneOf: .floats)
        let target = type ?? scale.elementType
        guard Set.floats.contains(target) else {
            throw ONNXError("tensor.dtype_unsupported", "DequantizeLinear to \(target) is not supported.")
        }
        _ = try QuantizationLayout(input.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        if let zero = context.optionalInput(2) {
            try context.checkSameElementType(0, 2)
            guard zero.shape == scale.shape || (zero.shape.elementCount == 1 && scale.shape.elementCount == 1)
            else {
                throw ONNXError("op.shape", "Scale \(scale) and zero point \(zero) differ in shape.")
            }
        }
        return [OutputPlan(target, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let workers = context.workers
        let isFloat = Set.quantizedFloats.contains(try context.input(0).elementType)
        let wide: ElementType = isFloat ? .float32 : .int32
        let input = try TypedKernels.converted(try context.input(0), to: wide, workers: workers)
        let scale = try TypedKernels.converted(try context.input(1), to: .float32, workers: workers)
        var zero: Tensor?
        if let given = context.optionalInput(2) {
            zero = try TypedKernels.converted(given, to: wide, workers: workers)
        }
        let output = try context.output(0)
        let result = output.elementType == .float32 ? output : try Tensor(allocating: .float32, output.shape)
        let layout = try QuantizationLayout(
            input.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        if isFloat {
            TypedKernels.dequantizeFloats(
                input, scale: scale, zeroPoint: zero, layout: layout, into: result, workers: workers)
        } else {
            TypedKernels.dequantize(
                input, scale: scale, zeroPoint: zero, layout: layout, into: result, workers: workers)
        }
        if output.elementType != .float32 {
            try TypedKernels.convert(result, into: output, workers: workers)
        }
    }
}
