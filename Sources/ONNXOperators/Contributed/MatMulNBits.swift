// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MatMulNBits: product with a weight matrix quantised in blocks along its inputs.
///
/// Formula: `Y = A Wᵀ (+ bias)` with `W[n, k] = (B[n, k] - zero_points[n, g]) * scales[n, g]`, where g is the block
/// of k, or `g_idx[k]`. Without zero points they are half of the range.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: 2, 4 and 8 bits in blocks of any power of two from 16; packed and float zero points; accuracy levels 0 to 4 (4
///   quantises the activations to int8, the others compute in float32); scales and zero points in one dimension or
///   two; weights that are no constants, which are packed anew in each run.
/// - Deviations: weights laid out for one GPU (weight_prepacked) are refused, where onnxruntime's CPU code passes over the
///   attribute and multiplies by what is none of its numbers; empty ones are refused.
struct MatMulNBits: FloatOperator {
    let weights: BlockQuantizedWeights
    private let accuracyLevel: Int
    /// Positions of the weight inputs that the node names.
    private let weightInputs: [Int]
    private let matrix: QuantizedMatrix?

    private enum Input {
        static let activations = 0
        static let values = 1
        static let scales = 2
        static let zeroPoints = 3
        static let groupIndex = 4
        static let bias = 5
        static let weights = [values, scales, zeroPoints, groupIndex, bias]
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 3...6, outputs: 1...1)
        weights = try BlockQuantizedWeights(
            inputs: node.requiredInt("K"), outputs: node.requiredInt("N"),
            bits: node.int("bits", default: 4), blockSize: node.requiredInt("block_size"))
        accuracyLevel = try node.int("accuracy_level", default: 0)
        guard (0...4).contains(accuracyLevel) else {
            throw ONNXError("attr.value", "accuracy_level is \(accuracyLevel); 0 to 4 are expected.")
        }
        let prepacked = try node.int("weight_prepacked", default: 0)
        guard prepacked == 0 else {
            throw ONNXError(
                "attr.unsupported",
                """
                weight_prepacked is \(prepacked): the weights are laid out for one kind of GPU; export the model for \
                the CPU.
                """)
        }
        weightInputs = Input.weights.filter { node.hasInput($0) }
        matrix = nil
    }

    private init(_ other: MatMulNBits, matrix: QuantizedMatrix) {
        weights = other.weights
        accuracyLevel = other.accuracyLevel
        weightInputs = other.weightInputs
        self.matrix = matrix
    }

    var absorbedInputs: [Int] { matrix == nil ? [] : weightInputs }

    var packedByteCount: Int { matrix?.byteCount ?? 0 }

    /// The packed weights, where they were constants.
    var packed: QuantizedMatrix? { matrix }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator { try packed(constants) }

    /// A copy that holds its weights packed; the same where they are no constants.
    func packed(_ constants: ConstantInputs) throws(ONNXError) -> MatMulNBits {
        guard weightInputs.allSatisfy({ constants[$0] != nil }), let values = constants[Input.values],
            let scales = constants[Input.scales]
        else { return self }
        let matrix = try withSource(
            values: values, scales: scales, zeroPoints: constants[Input.zeroPoints],
            groupIndex: constants[Input.groupIndex], bias: constants[Input.bias]
        ) { source throws(ONNXError) in try constants.packed(source, from: Input.weights) }
        return MatMulNBits(self, matrix: matrix)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let plan = try plan(for: try context.input(Input.activations, oneOf: [.float32]))
        if matrix == nil {
            try weights.check(
                .init(
                    values: context.input(Input.values), scales: context.input(Input.scales),
                    zeroPoints: context.optionalInput(Input.zeroPoints),
                    groupIndex: context.optionalInput(Input.groupIndex),
                    bias: context.optionalInput(Input.bias)))
        }
        return [plan]
    }

    /// The output for an input of this type.
    func plan(for input: TensorType) throws(ONNXError) -> OutputPlan {
        guard let last = input.shape.dimensions.last, last == weights.inputs else {
            throw ONNXError("op.shape", "A is \(input); its last dimension must be K, \(weights.inputs).")
        }
        return OutputPlan(.float32, try Shape(input.shape.dimensions.dropLast() + [weights.outputs]))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(Input.activations)
        let output = try context.output(0)
        let rows = input.shape.elementCount / weights.inputs
        let matrix: QuantizedMatrix
        if let packed = self.matrix { matrix = packed } else { matrix = try packAtRunTime(context) }
        defer { withExtendedLifetime((input, output)) {} }
        try matrix.multiply(
            input.floats, rows: rows, into: output.mutableFloats, workers: context.workers,
            scratch: context.kernelScratch)
    }

    private func packAtRunTime(_ context: RunContext) throws(ONNXError) -> QuantizedMatrix {
        try withSource(
            values: context.input(Input.values), scales: context.input(Input.scales),
            zeroPoints: context.optionalInput(Input.zeroPoints),
            groupIndex: context.optionalInput(Input.groupIndex), bias: context.optionalInput(Input.bias)
        ) { source throws(ONNXError) in try QuantizedMatrix(packing: source, workers: context.workers) }
    }

    /// Checks the weights and hands them to `body`.
    private func withSource(
        values: Tensor, scales: Tensor, zeroPoints: Tensor?, groupIndex: Tensor?, bias: Tensor?,
        _ body: (QuantizedMatrixSource) throws(ONNXError) -> QuantizedMatrix
    ) throws(ONNXError) -> QuantizedMatrix {
        try weights.check(
            .init(
                values: values.type, scales: scales.type, zeroPoints: zeroPoints?.type,
                groupIndex: groupIndex?.type, bias: bias?.type))
        let zeroPointSource: QuantizedMatrixSource.ZeroPoints =
            switch zeroPoints {
            case nil: .none
            case let tensor? where tensor.elementType == .uint8: .packed(tensor.rawBytes)
            case let tensor?: .float(tensor.rawBytes)
            }
        defer { withExtendedLifetime((values, scales, zeroPoints, groupIndex, bias)) {} }
        let source = QuantizedMatrixSource(
            bits: weights.bits, blockSize: weights.blockSize, k: weights.inputs, n: weights.outputs,
            values: values.rawBytes, scales: scales.rawBytes, zeroPoints: zeroPointSource,
            groupIndex: groupIndex.map {
                UnsafeRawBufferPointer(rebasing: $0.rawBytes.prefix(4 * weights.inputs))
            },
            bias: bias?.rawBytes, accuracyLevel: accuracyLevel)
        return try body(source)
    }
}
