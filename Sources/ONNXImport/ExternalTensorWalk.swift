// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors

/// Finds every tensor of a model that stands in a data file, before any file is opened.
struct ExternalTensorWalk {
    let files: ExternalDataFiles

    /// Notes the external tensors of the whole model.
    ///
    /// - Throws: `tensor.*` and `external_data.*` about what the model file says.
    func visit(_ model: Onnxlm__ModelProto) throws(ONNXError) {
        if let graph = model.graph { try visit(graph.pointee) }
        for function in elements(model.functions, model.n_functions) {
            for node in elements(function.pointee.node, function.pointee.n_node) { try visit(node.pointee) }
            for attribute in elements(function.pointee.attribute_proto, function.pointee.n_attribute_proto) {
                try visit(attribute.pointee)
            }
        }
    }

    private func visit(_ graph: Onnxlm__GraphProto) throws(ONNXError) {
        for tensor in elements(graph.initializer, graph.n_initializer) { try visit(tensor.pointee) }
        for node in elements(graph.node, graph.n_node) { try visit(node.pointee) }
    }

    private func visit(_ node: Onnxlm__NodeProto) throws(ONNXError) {
        for attribute in elements(node.attribute, node.n_attribute) { try visit(attribute.pointee) }
    }

    private func visit(_ attribute: Onnxlm__AttributeProto) throws(ONNXError) {
        if let tensor = attribute.t { try visit(tensor.pointee) }
        for tensor in elements(attribute.tensors, attribute.n_tensors) { try visit(tensor.pointee) }
        if let graph = attribute.g { try visit(graph.pointee) }
        for graph in elements(attribute.graphs, attribute.n_graphs) { try visit(graph.pointee) }
    }

    private func visit(_ tensor: Onnxlm__TensorProto) throws(ONNXError) {
        guard tensor.data_location == 1 else { return }
        do throws(ONNXError) {
            let header = try TensorHeader(tensor)
            try TensorConverter.checkExternal(tensor, header)
            try files.add(header, try TensorConverter.reference(tensor))
        } catch {
            throw error.adding("tensor \"\(text(tensor.name))\"")
        }
    }
}
