// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXGraph
import ONNXTensors

/// Makes graphs of `GraphProto` messages.
struct GraphConverter {
    let tensors: TensorConverter
    let limits: ImportLimits

    /// The graph, with its subgraphs.
    ///
    /// - Throws: `graph.*`, `attr.*`, `tensor.*`, `external_data.*`, `model.bad_enum`.
    func graph(_ proto: Onnxlm__GraphProto, depth: Int) throws(ONNXError) -> Graph {
        guard depth <= limits.subgraphDepth else {
            throw ONNXError(
                "graph.too_deep", "Graphs are nested more than \(limits.subgraphDepth) deep in nodes.")
        }
        var graph = Graph(name: text(proto.name))
        graph.inputs = try valueInfos(proto.input, proto.n_input)
        graph.outputs = try valueInfos(proto.output, proto.n_output)
        for value in try valueInfos(proto.value_info, proto.n_value_info) {
            if let type = value.type { graph.valueTypes[value.name] = type }
        }
        graph.initializers = try initializers(proto)
        graph.nodes = try nodes(elements(proto.node, proto.n_node), depth: depth)
        return graph
    }

    /// The nodes, in the file's order.
    ///
    /// - Throws: what ``graph(_:depth:)`` throws.
    func nodes(
        _ protos: [UnsafeMutablePointer<Onnxlm__NodeProto>], depth: Int
    ) throws(ONNXError) -> [Node] {
        var nodes: [Node] = []
        nodes.reserveCapacity(protos.count)
        for proto in protos { nodes.append(try node(proto.pointee, depth: depth)) }
        return nodes
    }

    private func node(_ proto: Onnxlm__NodeProto, depth: Int) throws(ONNXError) -> Node {
        var node = Node(
            name: text(proto.name), domain: WireValue.domain(text(proto.domain)),
            operatorType: text(proto.op_type), overload: text(proto.overload),
            inputs: texts(proto.input, proto.n_input), outputs: texts(proto.output, proto.n_output))
        do throws(ONNXError) {
            guard !node.operatorType.isEmpty else {
                throw ONNXError("graph.empty_name", "A node has no operator type.")
            }
            node.attributes = try attributes(elements(proto.attribute, proto.n_attribute), depth: depth)
        } catch {
            throw error.adding(node.label)
        }
        return node
    }

    /// Whether the tensor stands in a data file that is not to be read.
    func isSkipped(_ proto: Onnxlm__TensorProto) -> Bool {
        proto.data_location == 1 && tensors.external.areSkipped
    }

    private func valueInfos(
        _ field: Messages<Onnxlm__ValueInfoProto>?, _ count: Int
    ) throws(ONNXError) -> [ValueInfo] {
        var values: [ValueInfo] = []
        values.reserveCapacity(count)
        for proto in elements(field, count) { values.append(try TypeConverter.valueInfo(proto.pointee)) }
        return values
    }

    private func initializers(_ proto: Onnxlm__GraphProto) throws(ONNXError) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        var names: Set<String> = []
        let protos = elements(proto.initializer, proto.n_initializer)
        tensors.reserveCapacity(protos.count)
        for tensor in protos {
            let name = text(tensor.pointee.name)
            guard !name.isEmpty else {
                throw ONNXError("graph.empty_name", "An initializer has no name.")
            }
            guard names.insert(name).inserted else {
                throw ONNXError("graph.duplicate_initializer", "The initializer \"\(name)\" stands twice.")
            }
            if !isSkipped(tensor.pointee) { tensors[name] = try self.tensors.tensor(tensor.pointee) }
        }
        guard proto.n_sparse_initializer == 0 else {
            throw ONNXError(
                "sparse.unsupported",
                "The graph has \(proto.n_sparse_initializer) sparse initializers, which are not supported.")
        }
        return tensors
    }
}
