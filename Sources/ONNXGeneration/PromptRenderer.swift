// SPDX-License-Identifier: Apache-2.0
package import ONNXChatTemplate
package import ONNXErrors
import ONNXJSON
import ONNXTokenization

/// Conversations to prompt tokens: the model's chat template, then its tokenizer, in which only the template's own
/// words may become special tokens.
package struct PromptRenderer {
    /// The spellings that templates ask for by name.
    struct SpecialTokens: Sendable {
        let beginOfSequence: String?
        let endOfSequence: String?
    }

    private let model: LanguageModel

    init(_ model: LanguageModel) { self.model = model }

    /// The chat template beside a model: `chat_template.jinja`, or `chat_template` of `tokenizer_config.json`, where
    /// it may be a list of named templates of which `default` counts.
    ///
    /// - Throws: `template.*` naming the file; nil without any template.
    package static func template(of folder: ModelFolder) throws(ONNXError) -> ChatTemplate? {
        let file = "chat_template.jinja"
        if folder.has(file) {
            do throws(ONNXError) {
                let bytes = try FileBytes.read(
                    folder.file(file), byteLimit: 1 << 20, tooLarge: "template.too_large")
                return try ChatTemplate(source: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw error.adding("file \"\(folder.file(file))\"")
            }
        }
        guard let value = folder.tokenizerConfig["chat_template"], !value.isNull else { return nil }
        let named = value.arrayValue?.first { $0["name"]?.stringValue == "default" }?["template"]
        guard let source = (named ?? value).stringValue else {
            throw ONNXError(
                "template.ambiguous",
                "tokenizer_config.json names several chat templates but none is called default.")
        }
        do throws(ONNXError) {
            return try ChatTemplate(source: source)
        } catch {
            throw error.adding("file \"\(folder.file("tokenizer_config.json"))\"")
        }
    }

    /// The tokens of a conversation up to where the assistant's answer begins.
    ///
    /// - Parameter tools: descriptions of tools as a JSON array. Templates that read `tools` get it; for those that
    ///   read it from the system message, as Phi-4-mini's, the text goes there.
    /// - Parameter trustsMessages: whether special tokens spelled in messages are meant.
    /// - Throws: `template.missing`, `template.*`, `tokenizer.*`, `json.*` for `tools`.
    func tokens(
        of messages: [JSONValue], tools: String?, trustsMessages: Bool = false
    ) throws(ONNXError) -> [Int] {
        let tokenizer = try model.requireTokenizer()
        guard let template = model.chatTemplate else {
            throw ONNXError(
                "template.missing",
                "The folder \"\(model.path)\" has no chat template; add a chat_template.jinja, or continue plain text with generate."
            )
        }
        var options = ChatTemplate.Options()
        options.addGenerationPrompt = true
        options.trustsMessages = trustsMessages
        options.bosToken = model.specialTokens.beginOfSequence
        options.eosToken = model.specialTokens.endOfSequence
        var messages = messages
        if let tools {
            if Self.readsToolsFromMessage(template.source) {
                Self.addTools(tools, to: &messages)
            } else {
                options.tools = try JSONValue.parse(tools)
            }
        }
        let prompt = try template.render(messages: .array(messages), options: options)
        let segments = prompt.segments.map { TextSegment($0.text, isTrusted: $0.isFromTemplate) }
        return try tokenizer.encode(segments: segments, addSpecialTokens: false)
    }

    private static func readsToolsFromMessage(_ source: String) -> Bool {
        ["message['tools']", "message[\"tools\"]", "message.tools"].contains { source.contains($0) }
    }

    private static func addTools(_ tools: String, to messages: inout [JSONValue]) {
        if messages.first?["role"]?.stringValue == "system", case .object(var system)? = messages.first {
            system["tools"] = .string(tools)
            messages[0] = .object(system)
        } else {
            messages.insert(["role": "system", "content": "", "tools": .string(tools)], at: 0)
        }
    }
}
