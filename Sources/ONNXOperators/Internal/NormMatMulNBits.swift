// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// NormMatMulNBits (domain `onnxlm`): products of a root mean square norm, which is quantised as it is computed.
///
/// Inputs are those of SkipSimplifiedLayerNormalization (input, skip, gamma, bias; skip and bias may be left out), then
/// five for each product as in MatMulNBitsGroup. Outputs are the sum of input, skip and bias, then the products; with
/// `gated`, the one gated product, or what a third makes of it. Gives the bits of the separate steps.
/// - Spec: internal; it takes the place of a norm and the products that alone read it.
/// - Supports: float32; products that share quantised activations (accuracy level 4, one block size).
/// - Deviations: none.
struct NormMatMulNBits: Operator {
    private let members: QuantizedProductMembers
    private let epsilon: Float

    private enum Input {
        static let x = 0
        static let skip = 1
        static let scale = 2
        static let bias = 3
        static let firstWeight = 4
    }

    init(_ node: OperatorNode) throws(ONNXError) {
        members = try QuantizedProductMembers(node, firstWeightInput: Input.firstWeight)
        epsilon = try node.epsilon(default: 1e-5)
        guard node.outputCount == 1 + members.outputCount else {
            throw ONNXError("op.arity", "A group of products and its outputs differ in number.")
        }
    }

    private init(_ other: NormMatMulNBits, _ members: QuantizedProductMembers) {
        self.members = members
        epsilon = other.epsilon
    }

    var absorbedInputs: [Int] { members.absorbedInputs }

    var packedByteCount: Int { members.packedByteCount }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        let packed = try members.packed(constants)
        try packed.checkSharedActivations()
        return NormMatMulNBits(self, packed)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let x = try context.input(Input.x, oneOf: [.float32])
        guard let width = x.shape.dimensions.last, width > 0 else {
            throw ONNXError("op.shape", "input is \(x); a positive last dimension is expected.")
        }
        for index in [Input.scale, Input.bias] where index == Input.scale || context.hasInput(index) {
            let vector = try context.input(index, oneOf: [.float32])
            guard vector.shape.dimensions == [width] else {
                throw ONNXError("op.shape", "Input \(index) is \(vector); [\(width)] is expected.")
            }
        }
        if context.hasInput(Input.skip) {
            let skip = try context.input(Input.skip, oneOf: [.float32])
            let dimensions = x.shape.dimensions
            guard
                skip.shape == x.shape
                    || dimensions.count == 3
                        && [Array(dimensions.dropFirst()), [1] + dimensions.dropFirst()].contains(
                            skip.shape.dimensions)
            else { throw ONNXError("op.shape", "skip is \(skip), which does not fit the input \(x).") }
        }
        return [OutputPlan(.float32, x.shape)] + (try members.plans(for: x))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let x = try context.input(Input.x)
        let skip = context.optionalInput(Input.skip)
        let scale = try context.input(Input.scale)
        let bias = context.optionalInput(Input.bias)
        let sum = context.optionalOutput(0)
        defer { withExtendedLifetime((x, skip, scale, bias, sum, context)) {} }
        let width = scale.shape.elementCount
        guard width > 0, x.shape.elementCount > 0 else { return }
        let activations = context.kernelScratch.activations
        var norm = NormArguments(
            x: x.floats, scale: scale.floats, y: UnsafeMutablePointer(mutating: x.floats),
            rows: x.shape.elementCount / width, width: width, epsilon: epsilon)
        norm.skip = skip?.floats
        norm.skipBias = bias?.floats
        norm.sum = sum?.mutableFloats
        try activations.quantize(
            rmsNorm: norm, skipRows: skip.map { $0.shape.elementCount / width } ?? 1,
            for: members.matrix(0), workers: context.workers, scratch: context.kernelScratch)
        try members.multiply(activations, context, firstOutput: 1)
    }
}
