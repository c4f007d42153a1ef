// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// QuantizeLinear: integers, or floats of few bits, from floats by a scale and a zero point, for all elements, an axis, or blocks of it.
///
/// Formula: `y = clamp(round(x ÷ scale) + zero point)`, halves to even.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html>, opsets 10, 13, 19, 21, 23, 24, 25, 28.
/// - Supports: floats and int32 to integers of 2 to 16 bits, float8 (but for float8e8m0) and float4.
/// - Deviations: the quotient is taken in float32.
struct QuantizeLinear: Operator {
    private static let targets: Set<ElementType> = [
        .int8, .uint8, .int16, .uint16, .int4, .uint4, .int2, .uint2, .float8e4m3fn, .float8e4m3fnuz,
        .float8e5m2,
        .float8e5m2fnuz, .float4e2m1,
    ]

    private let axis: Int
    private let blockSize: Int
    private let type: ElementType?
    private let rounding: SmallFloatRounding

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...3, outputs: 1...1)
        axis = try node.int("axis", default: 1)
        blockSize = try node.int("block_size", default: 0)
        let number = try node.int("output_dtype", default: 0)
        type = number == 0 ? nil : try node.elementType("output_dtype")
        rounding = SmallFloatRounding(saturates: try node.flag("saturate", default: true))
        node.ignore("precision")
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: Set.floats.union([.int32]))
        let scale = try context.input(1, oneOf: .floats)
        let target = type ?? context.optionalInput(2)?.elementType ?? .uint8
        guard Self.targets.contains(target), (context.optionalInput(2)?.elementType ?? target) == target
        else {
            throw ONNXError("tensor.dtype_unsupported", "QuantizeLinear to \(target) is not supported.")
        }
        _ = try QuantizationLayout(input.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        if let zero = context.optionalInput(2), zero.shape.dimensions != scale.shape.dimensions {
            guard zero.shape.elementCount == 1, scale.shape.elementCount == 1 else {
                throw ONNXError("op.shape", "Scale \(scale) and zero point \(zero) differ in shape.")
            }
        }
        return [OutputPlan(target, input.shape)]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let workers = context.workers
        let input = try TypedKernels.converted(try context.input(0), to: .float32, workers: workers)
        let scale = try TypedKernels.converted(try context.input(1), to: .float32, workers: workers)
        let output = try context.output(0)
        let layout = try QuantizationLayout(
            input.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        if Set.quantizedFloats.contains(output.elementType) {
            let zero = try context.optionalInput(2).map { (given: Tensor) throws(ONNXError) in
                try TypedKernels.converted(given, to: .float32, workers: workers)
            }
            return try TypedKernels.quantizeToFloats(
                input, scale: scale, zeroPoint: zero, layout: layout, into: output, rounding: rounding,
                workers: workers)
        }
        var zero: Tensor?
        if let given = context.optionalInput(2) {
            zero = try TypedKernels.converted(given, to: .int32, workers: workers)
        }
        try TypedKernels.quantize(
            input, scale: scale, zeroPoint: zero, layout: layout, into: output, workers: workers)
    }
}
