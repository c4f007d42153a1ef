// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MatMulBnb4: product with a weight matrix of 4-bit floating-point codes, scaled in blocks of the flattened matrix.
///
/// Formula: `W.flat[i] = code(B[i]) · absmax[i / block_size]`, high nibble first; `Y = A Wᵀ`, or `A W` with transB 0.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: the codes FP4 and NF4; constant weights, which are kept as float32, and others, which are decoded in each
///   run.
/// - Deviations: none.
struct MatMulBnb4: FloatOperator {
    private let inputs: Int
    private let outputs: Int
    private let blockSize: Int
    private let codes: [Float]
    private let isTransposed: Bool
    private let weights: Tensor?

    /// Sign, then exponent and fraction, as multiples of the largest.
    private static let fp4: [Float] = {
        let positive: [Float] = [0, 5.208333333e-03, 2.0 / 3, 1, 1.0 / 3, 0.5, 1.0 / 6, 0.25]
        return positive + positive.map { -$0 }
    }()

    /// Quantiles of the normal distribution, from −1 to 1.
    private static let nf4: [Float] = [
        -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023,
        1,
    ]

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...3, outputs: 1...1)
        inputs = try node.requiredInt("K")
        outputs = try node.requiredInt("N")
        blockSize = try node.requiredInt("block_size")
        let kind = try node.requiredInt("quant_type")
        isTransposed = try node.flag("transB", default: true)
        node.ignore("training_mode")
        guard inputs > 0, outputs > 0 else {
            throw ONNXError("attr.value", "K is \(inputs) and N is \(outputs); both must be positive.")
        }
        guard blockSize >= 16, blockSize <= 1 << 30, blockSize & (blockSize - 1) == 0 else {
            throw ONNXError("attr.value", "block_size is \(blockSize); a power of two from 16 is expected.")
        }
        guard kind == 0 || kind == 1 else {
            throw ONNXError("attr.value", "quant_type is \(kind); 0 (FP4) and 1 (NF4) are supported.")
        }
        codes = kind == 0 ? Self.fp4 : Self.nf4
        _ = try Shape([outputs, inputs])
        weights = nil
    }

    private init(_ other: MatMulBnb4, weights: Tensor) {
        inputs = other.inputs
        outputs = other.outputs
        blockSize = other.blockSize
        codes = other.codes
        isTransposed = other.isTransposed
        self.weights = weights
    }

    var absorbedInputs: [Int] { weights == nil ? [] : [1, 2] }
    var packedByteCount: Int { weights?.byteCount ?? 0 }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        guard let values = constants[1], let scales = constants[2] else { return self }
        try check(values.type, scales.type)
        return MatMulBnb4(self, weights: try widened(values, scales))
    }

    private func check(_ values: TensorType, _ scales: TensorType) throws(ONNXError) {
        let count = outputs * inputs
        let blocks = count / blockSize + (count % blockSize == 0 ? 0 : 1)
        guard values.elementType == .uint8, values.shape.elementCount == count / 2 + count % 2,
            scales.elementType == .float32, scales.shape.dimensions == [blocks]
        else {
            throw ONNXError(
                "op.shape",
                """
                B is \(values) and absmax \(scales); uint8 of \(count / 2 + count % 2) elements and \
                [\(blocks)] are expected.
                """)
        }
    }

    /// Checked weights as `[outputs, inputs]` of float32.
    private func widened(_ values: Tensor, _ scales: Tensor) throws(ONNXError) -> Tensor {
        let weights = try Tensor(allocating: .float32, Shape([outputs, inputs]))
        let bytes = values.rawBytes
        let target = weights.mutableFloats
        for index in 0..<outputs * inputs {
            let code = index % 2 == 0 ? bytes[index / 2] >> 4 : bytes[index / 2] & 15
            target[index] = codes[Int(code)] * scales.floats[index / blockSize]
        }
        return withExtendedLifetime((values, scales)) { weights }
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        let width = isTransposed ? inputs : outputs
        guard let last = input.shape.dimensions.last, last == width else {
            throw ONNXError("op.shape", "A is \(input); its last dimension must be \(width).")
        }
        if weights == nil { try check(context.input(1), context.input(2)) }
        let result = isTransposed ? outputs : inputs
        return [OutputPlan(.float32, try Shape(input.shape.dimensions.dropLast() + [result]))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let output = try context.output(0)
        let weights: Tensor
        if let ready = self.weights {
            weights = ready
        } else {
            weights = try widened(context.input(1), context.input(2))
        }
        defer { withExtendedLifetime((input, output, weights)) {} }
        let (k, n) = isTransposed ? (inputs, outputs) : (outputs, inputs)
        try FloatMatrix.multiply(
            MatrixProductShape(m: input.shape.elementCount / k, n: n, k: k),
            a: MatrixOperand(input.floats, rowStride: k),
            b: MatrixOperand(weights.floats, rowStride: inputs, isTransposed: isTransposed),
            into: output.mutableFloats, rowStride: n, workers: context.workers)
    }
}
