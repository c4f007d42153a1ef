// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXJSON

/// What `genai_config.json` says of a decoder: names of inputs and outputs, sizes, special tokens, search defaults.
///
/// Unknown keys are ignored and listed in ``unknownKeys``. Format: the configuration reference of onnxruntime-genai,
/// <https://onnxruntime.ai/docs/genai/reference/config.html>.
package struct GenerationConfig: Sendable {
    /// Defaults for choosing tokens.
    package struct Search: Sendable, Hashable {
        package var doSample = false
        package var maximumLength: Int?
        package var temperature: Float = 1
        package var topK = 0
        package var topP: Float = 1
        package var repetitionPenalty: Float = 1

        /// Greedy search.
        package init() {}
    }

    /// The value names of the decoder's graph; `%d` in a pattern stands for the layer.
    package struct Names: Sendable, Hashable {
        package var inputIDs = "input_ids"
        package var attentionMask = "attention_mask"
        package var positionIDs = "position_ids"
        package var pastKeys = "past_key_values.%d.key"
        package var pastValues = "past_key_values.%d.value"
        package var logits = "logits"
        package var presentKeys = "present.%d.key"
        package var presentValues = "present.%d.value"
    }

    package var modelType = ""
    package var fileName = "model.onnx"
    package var vocabularySize: Int?
    package var contextLength: Int?
    package var beginOfSequence: Int?
    package var endOfSequence: [Int] = []
    package var layerCount: Int?
    package var keyValueHeadCount: Int?
    package var headSize: Int?
    package var names = Names()
    package var search = Search()
    /// Keys of the file that nothing here reads, as dotted paths.
    package private(set) var unknownKeys: [String] = []

    /// The configuration of a folder without `genai_config.json`.
    package init() {}

    /// Reads a parsed file.
    ///
    /// - Throws: `config.type` naming the key whose value has the wrong type.
    package init(_ json: JSONValue) throws(ONNXError) {
        guard json.objectValue != nil else {
            throw ONNXError("config.type", "genai_config.json holds \(json.kindName); an object is expected.")
        }
        var reader = KeyReader(json)
        modelType = try reader.string("model.type") ?? ""
        vocabularySize = try reader.int("model.vocab_size")
        contextLength = try reader.int("model.context_length")
        beginOfSequence = try reader.ints("model.bos_token_id")?.first
        endOfSequence = try reader.ints("model.eos_token_id") ?? []
        reader.ignore("model.pad_token_id", "model.sep_token_id", "model.decoder_start_token_id")
        let decoder = "model.decoder."
        fileName = try reader.string(decoder + "filename") ?? fileName
        layerCount = try reader.int(decoder + "num_hidden_layers")
        keyValueHeadCount = try reader.int(decoder + "num_key_value_heads")
        headSize = try reader.int(decoder + "head_size")
        reader.ignore(
            decoder + "num_attention_heads", decoder + "hidden_size", decoder + "session_options",
            decoder + "run_options", decoder + "sliding_window")
        names.inputIDs = try reader.string(decoder + "inputs.input_ids") ?? names.inputIDs
        names.attentionMask = try reader.string(decoder + "inputs.attention_mask") ?? names.attentionMask
        names.positionIDs = try reader.string(decoder + "inputs.position_ids") ?? names.positionIDs
        names.pastKeys = try reader.string(decoder + "inputs.past_key_names") ?? names.pastKeys
        names.pastValues = try reader.string(decoder + "inputs.past_value_names") ?? names.pastValues
        names.logits = try reader.string(decoder + "outputs.logits") ?? names.logits
        names.presentKeys = try reader.string(decoder + "outputs.present_key_names") ?? names.presentKeys
        names.presentValues =
            try reader.string(decoder + "outputs.present_value_names") ?? names.presentValues
        search.doSample = try reader.bool("search.do_sample") ?? false
        search.maximumLength = try reader.int("search.max_length")
        search.temperature = Float(try reader.double("search.temperature") ?? 1)
        search.topK = try reader.int("search.top_k") ?? 0
        search.topP = Float(try reader.double("search.top_p") ?? 1)
        search.repetitionPenalty = Float(try reader.double("search.repetition_penalty") ?? 1)
        reader.ignore("search.past_present_share_buffer")
        unknownKeys = reader.unreadKeys
    }
}

/// Reads values by dotted path and remembers which.
private struct KeyReader {
    private let root: JSONValue
    private var read: Set<String> = []

    init(_ root: JSONValue) { self.root = root }

    mutating func ignore(_ paths: String...) { read.formUnion(paths) }

    mutating func string(_ path: String) throws(ONNXError) -> String? {
        guard let value = take(path) else { return nil }
        guard let string = value.stringValue else { throw wrongType(path, value, "a string") }
        return string
    }

    mutating func bool(_ path: String) throws(ONNXError) -> Bool? {
        guard let value = take(path) else { return nil }
        guard let bool = value.boolValue else { throw wrongType(path, value, "true or false") }
        return bool
    }

    mutating func int(_ path: String) throws(ONNXError) -> Int? {
        guard let value = take(path) else { return nil }
        guard let int = value.intValue else { throw wrongType(path, value, "an integer") }
        return int
    }

    mutating func double(_ path: String) throws(ONNXError) -> Double? {
        guard let value = take(path) else { return nil }
        guard let double = value.doubleValue else { throw wrongType(path, value, "a number") }
        return double
    }

    /// One integer or a list of them.
    mutating func ints(_ path: String) throws(ONNXError) -> [Int]? {
        guard let value = take(path) else { return nil }
        var result: [Int] = []
        for element in value.arrayValue ?? [value] {
            guard let int = element.intValue else {
                throw wrongType(path, element, "an integer or a list of integers")
            }
            result.append(int)
        }
        return result
    }

    private mutating func take(_ path: String) -> JSONValue? {
        read.insert(path)
        var value: JSONValue? = root
        for key in path.split(separator: ".") { value = value?[String(key)] }
        guard let value, !value.isNull else { return nil }
        return value
    }

    var unreadKeys: [String] {
        var result: [String] = []
        func visit(_ value: JSONValue, _ path: String) {
            if read.contains(path) { return }
            guard let object = value.objectValue else {
                result.append(path)
                return
            }
            for (key, member) in zip(object.keys, object.values) {
                visit(member, path.isEmpty ? key : "\(path).\(key)")
            }
        }
        visit(root, "")
        return result
    }

    private func wrongType(_ path: String, _ value: JSONValue, _ expected: String) -> ONNXError {
        ONNXError(
            "config.type", "genai_config.json has \(value.kindName) under \(path); \(expected) is expected.")
    }
}
