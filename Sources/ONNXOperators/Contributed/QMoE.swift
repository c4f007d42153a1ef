// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// QMoE: ``MoE`` with integer weights.
///
/// Formula: as MoE with `weight = (q − zero point) · scale`, one scale for each output or each block of inputs, and zero
/// points of `2^(bits − 1)` where none are given. The weights of the chosen experts are the softmax over them; with
/// router_weights, the numbers that stand there, divided by their sum with normalize_routing_weights. With
/// expert_weight_bits 3 the softmax is over all experts, as in MoE.
/// - Spec: <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: 2, 3, 4 and 8 bits, also different ones for each projection; blocks; scales and tokens of float32, float16,
///   bfloat16. With blocks, 8 bits, or any with accuracy_level 4, multiply activations of 8 bits, as MatMulNBits does.
/// - Deviations: float formats (onnxruntime's CPU code reads them as integers) and weights that another program has packed
///   are refused.
struct QMoE: FloatOperator {
    private let mixture: ExpertMixture
    /// The formats of fc1, fc2 and fc3.
    private let formats: [QuantizedExperts]
    private let weighting: ExpertRouting.Weighting
    private let packed: [(any ExpertProjection)?]
    /// Whether the node names zero points.
    private let hasZeroPoints: [Bool]

    private enum Input {
        static let values = [2, 5, 8]
        static let scales = [3, 6, 9]
        static let biases = [4, 7, 10]
        static let zeroPoints = [11, 12, 13]
        static let routerWeights = 14
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 7...21, outputs: 1...1, required: [0, 1, 2, 3, 5, 6])
        mixture = try ExpertMixture(node)
        let bits = try node.int("expert_weight_bits", default: 4)
        let blockSize = try node.int("block_size", default: 0)
        let level = try node.int("accuracy_level", default: 0)
        let kind = try node.string("quant_type", default: "int")
        let prepacked = try node.int("weights_prepacked", default: -1)
        guard kind == "int", prepacked == 0 || prepacked == -1, !(15...20).contains(where: node.hasInput)
        else {
            throw ONNXError(
                "attr.unsupported",
                "quant_type is \(kind) and weights_prepacked \(prepacked); int, and weights as quantized, are supported."
            )
        }
        guard blockSize == 0 || blockSize >= 16 && blockSize <= 1 << 30 && blockSize & (blockSize - 1) == 0
        else {
            throw ONNXError(
                "attr.value", "block_size is \(blockSize); 0 or a power of two from 16 is expected.")
        }
        var formats: [QuantizedExperts] = []
        for name in ["fc1_expert_weight_bits", "fc2_expert_weight_bits", "fc3_expert_weight_bits"] {
            let own = try node.int(name, default: bits)
            guard [2, 3, 4, 8].contains(own) else {
                throw ONNXError("attr.unsupported", "\(name) is \(own); 2, 3, 4 and 8 are supported.")
            }
            guard own != 3 || prepacked == 0 else {
                throw ONNXError("attr.unsupported", "\(name) is 3, which needs weights_prepacked 0.")
            }
            // The attribute has no effect on 8 bits.
            formats.append(
                QuantizedExperts(
                    bits: own, blockSize: blockSize == 0 ? nil : blockSize,
                    accuracyLevel: level == 4 || own == 8 ? 4 : 0))
        }
        self.formats = formats
        weighting = mixture.mixesSparsely ? .sparseMixer : bits == 3 ? .overAll : .overChosen
        packed = [nil, nil, nil]
        hasZeroPoints = Input.zeroPoints.map(node.hasInput)
    }

    private init(_ other: QMoE, packed: [(any ExpertProjection)?]) {
        mixture = other.mixture
        formats = other.formats
        hasZeroPoints = other.hasZeroPoints
        weighting = other.weighting
        self.packed = packed
    }

    var absorbedInputs: [Int] {
        packed.indices.filter { packed[$0] != nil }.flatMap {
            [Input.values[$0], Input.scales[$0]] + (hasZeroPoints[$0] ? [Input.zeroPoints[$0]] : [])
        }
    }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        var projections: [(any ExpertProjection)?] = []
        for index in 0..<3 {
            let zeroPoints = constants[Input.zeroPoints[index]]
            guard let values = constants[Input.values[index]], let scales = constants[Input.scales[index]],
                zeroPoints != nil || !hasZeroPoints[index]
            else {
                projections.append(nil)
                continue
            }
            projections.append(
                try formats[index].projection(
                    values: values, scales: scales, zeroPoints: zeroPoints, workers: constants.workers))
        }
        return QMoE(self, packed: projections)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let sizes = try sizes(context)
        for (index, names) in zip(Input.biases, [sizes.first, sizes.hidden, sizes.inner]).enumerated() {
            try ExpertMixture.check(
                bias: context.optionalInput(names.0), "Bias \(index + 1)", [sizes.experts, names.1])
        }
        for index in 0..<3 where context.hasInput(Input.values[index]) {
            try formats[index].check(
                context.input(Input.values[index]), scales: context.optionalInput(Input.scales[index]),
                zeroPoints: context.optionalInput(Input.zeroPoints[index]))
        }
        if context.hasInput(Input.routerWeights) {
            let weights = try context.input(Input.routerWeights, oneOf: [.float32])
            guard weights.shape.dimensions == [sizes.tokens, sizes.experts] else {
                throw ONNXError(
                    "op.shape",
                    "router_weights is \(weights); [\(sizes.tokens), \(sizes.experts)] is expected.")
            }
        }
        return [OutputPlan(.float32, try context.input(0).shape)]
    }

    private func sizes(_ context: InferenceContext) throws(ONNXError) -> ExpertMixture.Sizes {
        for index in 0...1 { _ = try context.input(index, oneOf: [.float32]) }
        return try sizes(
            input: context.input(0).shape, router: context.input(1).shape,
            Input.values.map { context.optionalInput($0) })
    }

    private func sizes(
        input: Shape, router: Shape, _ values: [TensorType?]
    ) throws(ONNXError) -> ExpertMixture.Sizes {
        guard let first = values[0], let second = values[1] else {
            throw ONNXError("input.missing", "Expert weights are left out.")
        }
        return try mixture.sizes(
            input: input, router: router, first: formats[0].shape(first), second: formats[1].shape(second),
            third: values[2].map { (type: TensorType) throws(ONNXError) in try formats[2].shape(type) })
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        let router = try context.input(1)
        let layers = [try layer(0, context), try layer(1, context), try layer(2, context)]
        guard let first = layers[0], let second = layers[1] else {
            throw ONNXError("input.missing", "Expert weights are left out.")
        }
        let sizes = ExpertMixture.Sizes(
            tokens: router.shape[0], hidden: second.outputs, experts: router.shape[1],
            inner: mixture.activation.isFused ? first.outputs / 2 : first.outputs, first: first.outputs)
        let routing = ExpertRouting(
            count: mixture.count, weighting: weighting, normalizes: mixture.normalizes)
        try mixture.run(
            input, routing.routes(router, weights: context.optionalInput(Input.routerWeights)), sizes,
            first: first, second: second, third: layers[2], into: context.output(0), context)
    }

    private func layer(_ index: Int, _ context: RunContext) throws(ONNXError) -> ExpertMixture.Layer? {
        let bias = context.optionalInput(Input.biases[index])
        let projection: any ExpertProjection
        if let ready = packed[index] {
            projection = ready
        } else if let values = context.optionalInput(Input.values[index]) {
            projection = try formats[index].projection(
                values: values, scales: context.input(Input.scales[index]),
                zeroPoints: context.optionalInput(Input.zeroPoints[index]), workers: context.workers)
        } else {
            return nil
        }
        return ExpertMixture.Layer(projection: projection, bias: bias)
    }
}
