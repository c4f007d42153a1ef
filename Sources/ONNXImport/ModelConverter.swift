// SPDX-License-Identifier: Apache-2.0
import CONNXSchema
import ONNXErrors
import ONNXGraph

/// Makes a model of a `ModelProto` message.
struct ModelConverter {
    /// The versions of the file format that are read.
    static let irVersions = 3...14
    /// The newest version of ONNX's own operators that is known.
    static let newestOperatorSet = 28

    let graphs: GraphConverter

    /// Checks what must hold before anything of the graph is looked at.
    ///
    /// - Throws: `model.ir_version`, `model.opset`, `model.no_graph`.
    static func checkHeader(_ proto: Onnxlm__ModelProto) throws(ONNXError) {
        guard let version = Int(exactly: proto.ir_version), irVersions.contains(version) else {
            throw ONNXError(
                "model.ir_version",
                "The file has IR version \(proto.ir_version); versions \(irVersions.lowerBound) to \(irVersions.upperBound) are supported."
            )
        }
        _ = try operatorSets(proto.opset_import, proto.n_opset_import)
        guard proto.n_opset_import > 0 else {
            throw ONNXError("model.opset", "The file names no operator set (opset_import is empty).")
        }
        guard proto.graph != nil else {
            throw ONNXError("model.no_graph", "The file holds no graph; it may be cut off.")
        }
    }

    /// The model.
    ///
    /// - Throws: what graphs throw, and `function.duplicate`, `function.name`.
    func model(_ proto: Onnxlm__ModelProto) throws(ONNXError) -> Model {
        try ModelConverter.checkHeader(proto)
        guard let graph = proto.graph else {
            throw ONNXError("model.no_graph", "The file holds no graph; it may be cut off.")
        }
        var model = Model(
            irVersion: Int(proto.ir_version), producerName: text(proto.producer_name),
            producerVersion: text(proto.producer_version),
            operatorSets: try ModelConverter.operatorSets(proto.opset_import, proto.n_opset_import),
            graph: try graphs.graph(graph.pointee, depth: 0))
        for entry in elements(proto.metadata_props, proto.n_metadata_props) {
            model.metadata[text(entry.pointee.key)] = text(entry.pointee.value)
        }
        var keys: Set<[String]> = []
        for proto in elements(proto.functions, proto.n_functions) {
            let function = try function(proto.pointee)
            guard keys.insert([function.domain, function.name, function.overload]).inserted else {
                throw ONNXError(
                    "function.duplicate",
                    "The function \"\(function.domain).\(function.name)\" (overload \"\(function.overload)\") is defined twice."
                )
            }
            model.functions.append(function)
        }
        return model
    }

    private func function(_ proto: Onnxlm__FunctionProto) throws(ONNXError) -> Function {
        let name = text(proto.name)
        guard !name.isEmpty else { throw ONNXError("function.name", "A function has no name.") }
        do throws(ONNXError) {
            return Function(
                domain: WireValue.domain(text(proto.domain)), name: name, overload: text(proto.overload),
                inputs: texts(proto.input, proto.n_input), outputs: texts(proto.output, proto.n_output),
                requiredAttributes: texts(proto.attribute, proto.n_attribute),
                defaultAttributes: try graphs.attributes(
                    elements(proto.attribute_proto, proto.n_attribute_proto), depth: 0),
                nodes: try graphs.nodes(elements(proto.node, proto.n_node), depth: 0),
                operatorSets: try ModelConverter.operatorSets(proto.opset_import, proto.n_opset_import))
        } catch {
            throw error.adding("function \"\(name)\"")
        }
    }

    private static func operatorSets(
        _ field: Messages<Onnxlm__OperatorSetIdProto>?, _ count: Int
    ) throws(ONNXError) -> [String: Int] {
        var sets: [String: Int] = [:]
        for proto in elements(field, count) {
            let domain = WireValue.domain(text(proto.pointee.domain))
            let version = proto.pointee.version
            let label = domain.isEmpty ? "ai.onnx" : domain
            let newest = domain.isEmpty ? newestOperatorSet : 1000
            guard (1...Int64(newest)).contains(version) else {
                throw ONNXError(
                    "model.opset",
                    "The file asks for version \(version) of the operators of \(label); versions 1 to \(newest) are known."
                )
            }
            guard sets.updateValue(Int(version), forKey: domain) == nil else {
                throw ONNXError("model.opset", "The operators of \(label) are imported twice.")
            }
        }
        return sets
    }
}
