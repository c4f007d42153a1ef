// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXTensors

/// MatMulNBitsGroup (domain `onnxlm`): several MatMulNBits of one input.
///
/// Inputs are A, then five for each product: B, scales, zero points, g_idx, bias, all constant. The attributes of
/// MatMulNBits are lists. Gives the bits that the products give alone.
/// - Spec: internal; it takes the place of products that read one value.
/// - Supports: what MatMulNBits does.
/// - Deviations: none.
struct MatMulNBitsGroup: FloatOperator {
    private let members: [MatMulNBits]

    init(_ node: OperatorNode) throws(ONNXError) {
        let names = ["K", "N", "bits", "block_size", "accuracy_level", "weight_prepacked"]
        var lists: [String: [Int]] = [:]
        for name in names { lists[name] = try node.ints(name) }
        let count = node.outputCount
        guard node.inputCount == 1 + 5 * count, lists.count == names.count,
            lists.values.allSatisfy({ $0.count == count })
        else { throw ONNXError("op.arity", "The products of a group and their attributes differ in number.") }
        var members: [MatMulNBits] = []
        for index in 0..<count {
            var attributes: [String: Attribute] = [:]
            for (name, values) in lists { attributes[name] = .int(values[index]) }
            let inputs = [node.node.inputs[0]] + node.node.inputs[Self.weightInputs(index)]
            let member = Node(
                domain: "com.microsoft", operatorType: "MatMulNBits", inputs: inputs,
                outputs: [node.node.outputs[index]], attributes: attributes)
            members.append(try MatMulNBits(OperatorNode(member, version: 1)))
        }
        self.members = members
    }

    private init(_ members: [MatMulNBits]) { self.members = members }

    private static func weightInputs(_ index: Int) -> Range<Int> { 1 + 5 * index..<6 + 5 * index }

    var absorbedInputs: [Int] {
        members.indices.flatMap { index in members[index].absorbedInputs.map { $0 + 5 * index } }
    }

    var packedByteCount: Int { members.reduce(0) { $0 + $1.packedByteCount } }

    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator {
        var prepared: [MatMulNBits] = []
        for index in members.indices {
            let positions = [nil] + Self.weightInputs(index).map { Optional($0) }
            prepared.append(try members[index].packed(constants.selecting(positions)))
        }
        return MatMulNBitsGroup(prepared)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        let input = try context.input(0, oneOf: [.float32])
        var plans: [OutputPlan] = []
        for member in members { plans.append(try member.plan(for: input)) }
        return plans
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let input = try context.input(0)
        defer { withExtendedLifetime((input, context)) {} }
        var products: [QuantizedProduct] = []
        products.reserveCapacity(members.count)
        for (index, member) in members.enumerated() {
            guard let matrix = member.packed else {
                throw ONNXError(
                    "internal.group", "The weights of product \(index) of a group are no constants.")
            }
            products.append(QuantizedProduct(matrix, into: try context.output(index).mutableFloats))
        }
        guard let width = input.shape.dimensions.last, width > 0 else { return }
        try QuantizedMatrix.multiply(
            input.floats, rows: input.shape.elementCount / width, products: products,
            workers: context.workers,
            scratch: context.kernelScratch)
    }
}
