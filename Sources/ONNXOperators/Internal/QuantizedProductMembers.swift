// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXTensors

/// The products of a fused node: several MatMulNBits of one input whose attributes are lists and whose weight
/// inputs follow each other, five for each: B, scales, zero points, g_idx, bias.
///
/// With the attribute `gated` there are two, gate and up, and the one result is `silu(gate) · up`; or three, and the
/// result is what the third, the way down, makes of that.
///
/// With the attribute `last_position_columns` the node has one more input, the last: the number of positions, counted from
/// the end, that are wanted of so many leading columns of each product. Of one sequence what these columns have at other
/// positions is undefined.
struct QuantizedProductMembers: Sendable {
    private let members: [MatMulNBits]
    private let firstWeightInput: Int
    let isGated: Bool
    /// Columns of each product that are wanted of the last positions alone; nil: all are wanted of all.
    private let limitedColumns: [Int]?
    private let countInput: Int

    /// The attribute that says of which columns the last positions alone are wanted.
    static let lastPositionColumns = "last_position_columns"

    private static let names = ["K", "N", "bits", "block_size", "accuracy_level", "weight_prepacked"]

    /// - Parameter firstWeightInput: the position of the first product's B.
    init(_ node: OperatorNode, firstWeightInput: Int) throws(ONNXError) {
        var lists: [String: [Int]] = [:]
        for name in Self.names { lists[name] = try node.ints(name) }
        isGated = try node.flag("gated")
        let limitedColumns = try node.ints(Self.lastPositionColumns)
        countInput = node.inputCount - (limitedColumns == nil ? 0 : 1)
        let count = (countInput - firstWeightInput) / 5
        guard count > 0, countInput == firstWeightInput + 5 * count,
            limitedColumns == nil || limitedColumns?.count == count && !isGated,
            lists.count == Self.names.count,
            lists.values.allSatisfy({ $0.count == count }), !isGated || count == 2 || count == 3
        else { throw ONNXError("op.arity", "The products of a group and their attributes differ in number.") }
        var members: [MatMulNBits] = []
        for index in 0..<count {
            var attributes: [String: Attribute] = [:]
            for (name, values) in lists { attributes[name] = .int(values[index]) }
            let first = firstWeightInput + 5 * index
            let member = Node(
                domain: "com.microsoft", operatorType: "MatMulNBits",
                inputs: [node.node.inputs[0]] + node.node.inputs[first..<first + 5], outputs: ["y"],
                attributes: attributes)
            members.append(try MatMulNBits(OperatorNode(member, version: 1)))
        }
        self.members = members
        self.firstWeightInput = firstWeightInput
        self.limitedColumns = limitedColumns
    }

    private init(_ other: QuantizedProductMembers, _ members: [MatMulNBits]) {
        self.members = members
        firstWeightInput = other.firstWeightInput
        isGated = other.isGated
        limitedColumns = other.limitedColumns
        countInput = other.countInput
    }

    /// Results that the node gives.
    var outputCount: Int { isGated ? 1 : members.count }

    var absorbedInputs: [Int] {
        members.indices.flatMap { index in
            members[index].absorbedInputs.map { $0 - 1 + firstWeightInput + 5 * index }
        }
    }

    var packedByteCount: Int { members.reduce(0) { $0 + $1.packedByteCount } }

    /// The members with their weights packed.
    func packed(_ constants: ConstantInputs) throws(ONNXError) -> QuantizedProductMembers {
        var packed: [MatMulNBits] = []
        for index in members.indices {
            let first = firstWeightInput + 5 * index
            let positions = [nil] + (first..<first + 5).map { Optional($0) }
            packed.append(try members[index].packed(constants.selecting(positions)))
        }
        return QuantizedProductMembers(self, packed)
    }

    /// The results for an input of this type.
    func plans(for input: TensorType) throws(ONNXError) -> [OutputPlan] {
        var plans: [OutputPlan] = []
        for member in readers { plans.append(try member.plan(for: input)) }
        guard isGated else { return plans }
        guard plans[0].type == plans[1].type else {
            throw ONNXError(
                "internal.group", "Gate is \(plans[0].type) and up \(plans[1].type); they must agree.")
        }
        return [hasWayDown ? try members[2].plan(for: plans[0].type) : plans[0]]
    }

    /// Whether a third product follows gate and up.
    private var hasWayDown: Bool { isGated && members.count == 3 }

    /// The products that read the node's input.
    private var readers: ArraySlice<MatMulNBits> { isGated ? members.prefix(2) : members[...] }

    /// Checks that one quantisation of the input serves all products that read it.
    func checkSharedActivations() throws(ONNXError) {
        let leader = try matrix(0)
        for index in readers.indices {
            guard leader.usesQuantizedActivations, try matrix(index).sharesActivations(with: leader) else {
                throw ONNXError(
                    "internal.group", "The products of a group do not read the same quantised activations.")
            }
        }
    }

    /// The packed weights of a product.
    func matrix(_ index: Int) throws(ONNXError) -> QuantizedMatrix {
        guard let matrix = members[index].packed else {
            throw ONNXError(
                "internal.group", "The weights of product \(index) of a group are no constants.")
        }
        return matrix
    }

    /// Multiplies activations that are quantised already, into the outputs from `firstOutput` on.
    func multiply(
        _ activations: QuantizedActivations, _ context: RunContext, firstOutput: Int
    ) throws(ONNXError) {
        if isGated {
            let gate = try matrix(0)
            let y = try context.output(firstOutput).mutableFloats
            if hasWayDown {
                try QuantizedProducts.multiplyFeedForward(
                    activations, gate: gate, up: matrix(1), down: matrix(2), into: y,
                    workers: context.workers, scratch: context.kernelScratch)
            } else {
                try QuantizedProducts.multiplyGated(
                    activations, gate: gate, up: matrix(1), into: y, rowStride: gate.n,
                    workers: context.workers, scratch: context.kernelScratch)
            }
            return
        }
        try withProducts(context, firstOutput, rows: activations.rows) { (products) throws(ONNXError) in
            try QuantizedProducts.multiply(
                activations, products, workers: context.workers, scratch: context.kernelScratch)
        }
    }

    /// Multiplies rows of floats.
    func multiply(_ x: UnsafePointer<Float>, rows: Int, _ context: RunContext) throws(ONNXError) {
        guard isGated else {
            return try withProducts(context, 0, rows: rows) { (products) throws(ONNXError) in
                try QuantizedProducts.multiply(
                    x, rows: rows, products, workers: context.workers, scratch: context.kernelScratch)
            }
        }
        try context.kernelScratch.activations.quantize(
            x, rows: rows, for: matrix(0), workers: context.workers, scratch: context.kernelScratch)
        if rows > 0 { try multiply(context.kernelScratch.activations, context, firstOutput: 0) }
    }

    /// The first row that is wanted of limited columns.
    private func firstWantedRow(_ context: RunContext, rows: Int) throws(ONNXError) -> Int {
        guard limitedColumns != nil, try context.input(0).shape[0] == 1 else { return 0 }
        let count = try context.input(countInput).int64(at: 0)
        return count > 0 && count < rows ? rows - count : 0
    }

    /// The products with their targets, on the stack.
    private func withProducts(
        _ context: RunContext, _ firstOutput: Int, rows: Int,
        _ body: (UnsafeBufferPointer<QuantizedProduct>) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        try withUnsafeTemporaryAllocation(of: QuantizedProduct.self, capacity: members.count) {
            (buffer) throws(ONNXError) in
            var initialized = 0
            defer { buffer.prefix(initialized).deinitialize() }
            let firstWanted = try firstWantedRow(context, rows: rows)
            for index in members.indices {
                let output = try context.output(firstOutput + index)
                var product = QuantizedProduct(try matrix(index), into: output.mutableFloats)
                if let limitedColumns {
                    product.limit(columns: limitedColumns[index], toRowsFrom: firstWanted)
                }
                buffer.initializeElement(at: index, to: product)
                initialized += 1
            }
            try body(UnsafeBufferPointer(buffer))
        }
    }
}
