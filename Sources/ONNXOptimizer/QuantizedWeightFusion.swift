// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXOperators
import ONNXTensors

/// `quantized-weights`: a product whose weights a `DequantizeLinear` makes of 4-bit constants in blocks along its inputs, as
/// a `MatMulNBits` with float activations: the same numbers, from an eighth of the memory.
///
/// The model builder writes products so with `use_qdq`.
struct QuantizedWeightFusion: GraphPass {
    static let name = "quantized-weights"

    /// The constants of one dequantisation.
    private struct Weights {
        /// `[K, N]` of int4 or uint4.
        let values: Tensor
        /// `[K / blockSize, N]`, in the name of ``scaleName``.
        let scales: Tensor
        let zeroPoints: Tensor?
        let blockSize: Int

        var k: Int { values.shape[0] }
        var n: Int { values.shape[1] }
        var blocks: Int { k / blockSize }
        var isSigned: Bool { values.elementType == .int4 }
    }

    mutating func apply(to graph: inout Graph, _ context: PassContext) throws(ONNXError) {
        var sources: [String: Weights] = [:]
        for node in graph.nodes where node.qualifiedType == "DequantizeLinear" {
            if let output = node.outputs.first, let weights = Self.weights(node, graph) {
                sources[output] = weights
            }
        }
        guard !sources.isEmpty else { return }
        var made: Set<String> = []
        for index in graph.nodes.indices {
            let node = graph.nodes[index]
            guard node.qualifiedType == "MatMul", node.inputs.count == 2, node.outputs.count == 1,
                let weights = sources[node.inputs[1]], sources[node.inputs[0]] == nil
            else { continue }
            let prefix = "onnxlm.packed." + node.inputs[1]
            if made.insert(node.inputs[1]).inserted {
                try Self.addConstants(weights, prefix, to: &graph, context.workers)
            }
            let names = ["", ".scales", ".zero_points"].map { prefix + $0 }
            graph.nodes[index] = Node(
                name: node.name, domain: "com.microsoft", operatorType: "MatMulNBits",
                inputs: [node.inputs[0]] + names, outputs: node.outputs,
                attributes: [
                    "K": .int(weights.k), "N": .int(weights.n), "bits": .int(4),
                    "block_size": .int(weights.blockSize), "accuracy_level": .int(0),
                ])
        }
        removeUnread(made, from: &graph)
    }

    /// The constants of a dequantisation that a quantised product can take over; nil for others.
    private static func weights(_ node: Node, _ graph: Graph) -> Weights? {
        guard (2...3).contains(node.inputs.count), case .int(let blockSize)? = node.attributes["block_size"],
            blockSize >= 16, blockSize <= 256, blockSize & (blockSize - 1) == 0,
            case .int(let axis)? = node.attributes["axis"], axis == 0 || axis == -2,
            node.attributes.keys.allSatisfy({ ["axis", "block_size"].contains($0) }),
            let values = graph.initializers[node.inputs[0]],
            values.elementType == .int4 || values.elementType == .uint4, values.shape.rank == 2,
            values.shape[0] > 0, values.shape[1] > 0, values.shape[0] % blockSize == 0,
            let scales = graph.initializers[node.inputs[1]], scales.elementType == .float32,
            scales.shape.dimensions == [values.shape[0] / blockSize, values.shape[1]]
        else { return nil }
        var zeroPoints: Tensor?
        if node.inputs.count == 3, !node.inputs[2].isEmpty {
            guard let tensor = graph.initializers[node.inputs[2]], tensor.elementType == values.elementType,
                tensor.shape == scales.shape
            else { return nil }
            zeroPoints = tensor
        }
        return Weights(values: values, scales: scales, zeroPoints: zeroPoints, blockSize: blockSize)
    }

    /// Adds values `[N, blocks, blockSize / 2]`, scales `[N, blocks]` and zero points `[N, (blocks + 1) / 2]`: columns
    /// become rows, and signed numbers are moved by 8.
    private static func addConstants(
        _ weights: Weights, _ prefix: String, to graph: inout Graph, _ workers: WorkerPool
    ) throws(ONNXError) {
        let (k, n, blocks) = (weights.k, weights.n, weights.blocks)
        let values = try Tensor(allocating: .uint8, Shape([n, blocks, weights.blockSize / 2]))
        let scales = try Tensor(allocating: .float32, Shape([n, blocks]))
        let zeroPointBytes = (blocks + 1) / 2
        let zeroPoints = try Tensor(allocating: .uint8, Shape([n, zeroPointBytes]), zeroed: true)
        // uint4 counts from 0 where it has no zero points, the signed from the 8 that they are moved by.
        let move: UInt8 = weights.isSigned ? 8 : 0
        let columnsPerTask = 64
        // Safety: each task writes the rows of its own columns.
        nonisolated(unsafe) let (valueBase, scaleBase, zeroBase) = (
            values.mutableBaseAddress, scales.mutableBaseAddress.assumingMemoryBound(to: Float.self),
            zeroPoints.mutableBaseAddress
        )
        workers.run(count: (n + columnsPerTask - 1) / columnsPerTask) { task in
            for column in task * columnsPerTask..<min(n, (task + 1) * columnsPerTask) {
                let row = valueBase + column * (k / 2)
                for pair in 0..<k / 2 {
                    let low = nibble(weights.values, pair * 2 * n + column) ^ move
                    let high = nibble(weights.values, (pair * 2 + 1) * n + column) ^ move
                    row.storeBytes(of: low | high << 4, toByteOffset: pair, as: UInt8.self)
                }
                for block in 0..<blocks {
                    let source = block * n + column
                    scaleBase[column * blocks + block] = weights.scales.baseAddress.loadUnaligned(
                        fromByteOffset: source * 4, as: Float.self)
                    let zero = (weights.zeroPoints.map { nibble($0, source) } ?? 0) ^ move
                    let place = zeroBase + (column * zeroPointBytes + block / 2)
                    let old = place.load(as: UInt8.self)
                    place.storeBytes(of: old | zero << UInt8(block % 2 * 4), as: UInt8.self)
                }
            }
        }
        withExtendedLifetime(weights) {}
        graph.initializers[prefix] = values
        graph.initializers[prefix + ".scales"] = scales
        graph.initializers[prefix + ".zero_points"] = zeroPoints
    }

    /// Adding 8 to a signed number of 4 bits flips its highest bit.
    private static func nibble(_ tensor: Tensor, _ index: Int) -> UInt8 {
        let byte = tensor.baseAddress.load(fromByteOffset: index / 2, as: UInt8.self)
        return index % 2 == 0 ? byte & 15 : byte >> 4
    }

    /// Leaves out the dequantisations that nothing reads any more.
    private func removeUnread(_ names: Set<String>, from graph: inout Graph) {
        var read = Set(graph.outputs.map(\.name))
        for node in graph.nodes {
            read.formUnion(node.inputs)
            for subgraph in node.subgraphs { read.formUnion(subgraph.capturedNames) }
        }
        graph.nodes.removeAll { node in
            node.qualifiedType == "DequantizeLinear" && names.contains(node.outputs[0])
                && !read.contains(node.outputs[0])
        }
    }
}
