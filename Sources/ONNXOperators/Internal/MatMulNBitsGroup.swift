// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// MatMulNBitsGroup (domain `onnxlm`): several MatMulNBits of one input.
///
/// Inputs are A, then five for each product: B, scales, zero points, g_idx, bias, all constant. The attributes of
/// MatMulNBits are lists. Gives the bits that the products give alone; with `gated`, those of the SiLU of the first
/// product times the second, and of a third product of that, if there is one.
/// - Spec: internal; it takes the place of products that read one value.
/// - Supports: what MatMulNBits does; `gated` for products that share quantised activations.
/// - Deviations: none.
struct MatMulNBitsGroup: FloatOperator {
    private let members: QuantizedProductMembers

    init(_ node: OperatorNode) throws(ONNXError) {
        members = try QuantizedProductMembers(node, firstWeightInput: 1)
        guard node.outputCount == members.outputCount else {
            throw ONNXError("op.arity", "A group of products and its outputs differ in number.")
        }
    }

    private init(_ members: QuantizedProductMembers) { self.members = members }

    var absorbedInputs: [Int] { members.absorbedInputs }

    var packedByteCount: Int { members.packedByteCount }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        let packed = try members.packed(constants)
        if packed.isGated { try packed.checkSharedActivations() }
        return MatMulNBitsGroup(packed)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        try members.plans(for: try context.input(0, oneOf: [.float32]))
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        defer { withExtendedLifetime((input, context)) {} }
        guard let width = input.shape.dimensions.last, width > 0 else { return }
        try members.multiply(input.floats, rows: input.shape.elementCount / width, context)
    }
}
