// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOperators
import ONNXTensors

/// Lets a decoder compute its logits for the last positions only: puts a `LastPositions` before the last product, or
/// as far before it as each position is worked on alone: behind the last layer's attention, which then computes them
/// alone, as does the product that gives its queries.
///
/// The count of positions becomes one more input of the graph, ``inputName``.
struct LastPositionPass {
    /// The int64 input `[1]` that says for how many positions logits are computed.
    static let inputName = "onnxlm.positions"

    private var graph: Graph
    private var producers: [String: Int] = [:]
    /// The nodes that read a value; −1 for the graph's outputs and for subgraphs.
    private var readers: [String: Set<Int>] = [:]
    /// Nodes that work on the last positions only.
    private var region: Set<Int> = []
    /// Values that the region reads from outside, which have all positions.
    private var border: [String] = []

    /// Changes the graph where its output `name` comes from a product through position-wise steps; gives false, and
    /// changes nothing, where it does not.
    static func apply(to graph: inout Graph, output name: String) -> Bool {
        var pass = LastPositionPass(graph)
        guard pass.takeProduct(output: name) else { return false }
        pass.widen()
        pass.limitAttention()
        pass.insertSlices()
        graph = pass.graph
        return true
    }

    private init(_ graph: Graph) {
        self.graph = graph
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in node.inputs where !input.isEmpty { readers[input, default: []].insert(index) }
            for subgraph in node.subgraphs {
                for name in subgraph.capturedNames { readers[name, default: []].insert(-1) }
            }
        }
        for output in graph.outputs { readers[output.name, default: []].insert(-1) }
    }

    /// Takes the nodes from the output back to the last product into the region.
    private mutating func takeProduct(output name: String) -> Bool {
        var value = name
        while let index = producers[value] {
            let node = graph.nodes[index]
            let others = readers[value, default: []].subtracting(region)
            guard value == name ? others == [-1] : others.isEmpty else { return false }
            region.insert(index)
            if SequenceInputs.products.contains(node.qualifiedType) {
                guard let inputs = SequenceInputs.of(node, graph),
                    node.outputs.allSatisfy({ $0 == value || $0.isEmpty })
                else { return false }
                border = inputs
                return true
            }
            guard SequenceInputs.elementwise.contains(node.qualifiedType),
                let inputs = SequenceInputs.of(node, graph), inputs.count == 1
            else { return false }
            value = inputs[0]
        }
        return false
    }

    /// Takes more nodes into the region as long as only the region reads them. Where that ends at values that are not
    /// known to be `[batch, positions, …]`, nothing more is taken.
    private mutating func widen() {
        let before = (region, border)
        while let (node, inputs) = nextCandidate() {
            region.insert(node)
            border.removeAll { producers[$0] == node }
            for input in inputs where !border.contains(input) { border.append(input) }
        }
        let isSequence = border.allSatisfy { value in
            producers[value].map { SequenceInputs.givesSequences(graph.nodes[$0], value) } ?? false
        }
        if !isSequence { (region, border) = before }
    }

    private func nextCandidate() -> (node: Int, inputs: [String])? {
        for value in border {
            if let candidate = candidate(value) { return candidate }
        }
        return nil
    }

    private func candidate(_ value: String) -> (node: Int, inputs: [String])? {
        guard let index = producers[value], let inputs = SequenceInputs.of(graph.nodes[index], graph),
            graph.nodes[index].outputs.allSatisfy({ output in
                output.isEmpty || readers[output, default: []].isSubset(of: region)
            })
        else { return nil }
        return (index, inputs)
    }

    /// Has attention whose results the region alone reads compute the last positions alone, and their queries.
    private mutating func limitAttention() {
        for value in border {
            guard let index = producers[value], graph.nodes[index].outputs.first == value,
                readers[value, default: []].isSubset(of: region),
                let limited = graph.nodes[index].attendingLastPositions(Self.inputName)
            else { continue }
            limitQueries(of: index)
            graph.nodes[index] = limited
            border.removeAll { $0 == value }
        }
    }

    private mutating func limitQueries(of attention: Int) {
        let node = graph.nodes[attention]
        guard let query = node.inputs.first, readers[query] == [attention], let index = producers[query],
            let limited = graph.nodes[index].givingLastQueries(of: node, Self.inputName)
        else { return }
        graph.nodes[index] = limited
    }

    private mutating func insertSlices() {
        var names: [String: String] = [:]
        for value in border { names[value] = "onnxlm.last_positions." + value }
        var nodes: [Node] = []
        var made: Set<String> = []
        for (index, node) in graph.nodes.enumerated() {
            var node = node
            if region.contains(index) {
                for (position, input) in node.inputs.enumerated() {
                    guard let slice = names[input] else { continue }
                    if made.insert(input).inserted {
                        nodes.append(
                            Node(
                                name: slice, domain: OperatorRegistry.internalDomain,
                                operatorType: "LastPositions", inputs: [input, Self.inputName],
                                outputs: [slice]))
                    }
                    node.inputs[position] = slice
                }
            }
            nodes.append(node)
        }
        graph.nodes = nodes
        graph.inputs.append(ValueInfo(name: Self.inputName, type: .tensor(.int64, [.fixed(1)])))
    }
}
