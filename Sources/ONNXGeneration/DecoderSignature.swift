// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXInference
import ONNXTensors

/// The roles that a decoder graph's inputs and outputs play.
struct DecoderSignature: Sendable {
    /// One layer's key or value, before and after a step.
    struct CachePair: Sendable {
        let input: String
        let output: String
        let heads: Int
        let headSize: Int
        let elementType: ElementType
    }

    /// One layer's state of a fixed size, before and after a step.
    struct StatePair: Sendable {
        let input: String
        let output: String
        /// Zeros, what a sequence begins with.
        let initial: Tensor
    }

    let inputIDs: String
    let inputIDsType: ElementType
    let attentionMask: String?
    let positionIDs: String?
    /// How many positions each token has, as the first axis of the input; zero where it has no such axis. Three where the
    /// graph takes images as well, whose parts have a time, a row and a column; in a text all are the same.
    let positionAxes: Int
    let logits: String
    /// The last layer's states, where the graph gives them.
    let hiddenStates: String?
    /// Whether the graph says that it gives logits for each token, not for the last alone.
    let givesEachPosition: Bool
    let caches: [CachePair]
    let states: [StatePair]

    /// Finds the roles by the names that the configuration gives.
    ///
    /// - Throws: `llm.signature` listing what is there when a role is missing or an input has none;
    ///   `llm.kv_mismatch` when a cache input has no fitting output.
    init(_ model: InferenceModel, _ config: GenerationConfig) throws(ONNXError) {
        var remaining: [String: ValueInfo] = [:]
        for input in model.inputs where input.name != InferenceModel.positionsInputName {
            remaining[input.name] = input
        }
        let outputs = Set(model.outputs.map(\.name))
        let names = config.names
        guard let ids = remaining.removeValue(forKey: names.inputIDs), outputs.contains(names.logits) else {
            throw Self.signatureError(
                model, "it has no input \"\(names.inputIDs)\" or no output \"\(names.logits)\"")
        }
        inputIDs = names.inputIDs
        if case .tensor(.int32, _)? = ids.type { inputIDsType = .int32 } else { inputIDsType = .int64 }
        attentionMask = remaining.removeValue(forKey: names.attentionMask) == nil ? nil : names.attentionMask
        let positions = remaining.removeValue(forKey: names.positionIDs)
        positionIDs = positions == nil ? nil : names.positionIDs
        if case .tensor(_, let dimensions?)? = positions?.type, dimensions.count == 3,
            case .fixed(let axes) = dimensions[0], (1...8).contains(axes)
        {
            positionAxes = axes
        } else {
            positionAxes = 0
        }
        logits = names.logits
        if case .tensor(_, let dimensions?)? = model.outputs.first(where: { $0.name == names.logits })?.type,
            dimensions.count == 3, case .symbolic = dimensions[1]
        {
            givesEachPosition = true
        } else {
            givesEachPosition = false
        }
        hiddenStates = outputs.contains(names.hiddenStates) ? names.hiddenStates : nil
        var pairs: [CachePair] = []
        var states: [StatePair] = []
        for layer in 0..<(config.layerCount ?? 4096) {
            var found = false
            for (past, present) in [
                (names.pastKeys, names.presentKeys), (names.pastValues, names.presentValues),
            ] {
                let input = Self.name(past, layer)
                guard let info = remaining.removeValue(forKey: input) else { continue }
                found = true
                pairs.append(try Self.pair(info, output: Self.name(present, layer), outputs, config))
            }
            for state in names.states {
                guard let info = remaining.removeValue(forKey: Self.name(state.past, layer)) else { continue }
                found = true
                states.append(try Self.state(info, output: Self.name(state.present, layer), outputs))
            }
            if !found, config.layerCount == nil { break }
        }
        guard remaining.isEmpty else {
            let list = remaining.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            throw Self.signatureError(model, "the inputs \(list) have no known role")
        }
        caches = pairs
        self.states = states
    }

    /// A pattern with its `%d` replaced.
    private static func name(_ pattern: String, _ layer: Int) -> String {
        guard let range = pattern.firstRange(of: "%d") else { return pattern }
        return pattern.replacingCharacters(in: range, with: String(layer))
    }

    private static func pair(
        _ info: ValueInfo, output: String, _ outputs: Set<String>, _ config: GenerationConfig
    ) throws(ONNXError) -> CachePair {
        guard outputs.contains(output) else {
            throw ONNXError(
                "llm.kv_mismatch",
                "The graph has the cache input \"\(info.name)\" but no output \"\(output)\".")
        }
        guard case .tensor(let elementType, let dimensions?)? = info.type, dimensions.count == 4 else {
            throw ONNXError(
                "llm.kv_mismatch",
                "The cache input \"\(info.name)\" is declared as \(info.type?.description ?? "nothing"); [batch, heads, length, head size] is expected."
            )
        }
        func length(_ axis: Int, _ configured: Int?) throws(ONNXError) -> Int {
            if case .fixed(let length) = dimensions[axis] { return length }
            guard let configured else {
                throw ONNXError(
                    "llm.kv_mismatch",
                    "Neither the graph nor genai_config.json tells dimension \(axis) of \"\(info.name)\".")
            }
            return configured
        }
        return CachePair(
            input: info.name, output: output, heads: try length(1, config.keyValueHeadCount),
            headSize: try length(3, config.headSize), elementType: elementType)
    }

    private static func state(
        _ info: ValueInfo, output: String, _ outputs: Set<String>
    ) throws(ONNXError) -> StatePair {
        guard outputs.contains(output) else {
            throw ONNXError(
                "llm.kv_mismatch",
                "The graph has the state input \"\(info.name)\" but no output \"\(output)\".")
        }
        var lengths = [1]
        guard case .tensor(let elementType, let dimensions?)? = info.type, dimensions.count > 1 else {
            throw stateError(info)
        }
        for dimension in dimensions.dropFirst() {
            guard case .fixed(let length) = dimension else { throw stateError(info) }
            lengths.append(length)
        }
        return StatePair(
            input: info.name, output: output,
            initial: try Tensor(allocating: elementType, Shape(lengths), zeroed: true))
    }

    private static func stateError(_ info: ValueInfo) -> ONNXError {
        ONNXError(
            "llm.kv_mismatch",
            "The state input \"\(info.name)\" is declared as \(info.type?.description ?? "nothing"); all its dimensions but the batch are expected to be numbers."
        )
    }

    private static func signatureError(_ model: InferenceModel, _ reason: String) -> ONNXError {
        func list(_ values: [ValueInfo]) -> String {
            let shown = values.prefix(12).map { "\($0.name): \($0.type?.description ?? "?")" }
            return shown.joined(separator: ", ") + (values.count > 12 ? " and \(values.count - 12) more" : "")
        }
        return ONNXError(
            "llm.signature",
            "The graph is no decoder that can be driven: \(reason). Inputs: \(list(model.inputs)). Outputs: \(list(model.outputs))."
        )
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
