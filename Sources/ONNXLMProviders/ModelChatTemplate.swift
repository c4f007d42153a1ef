// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXChatTemplate
    import ONNXGeneration
    import ONNXJSON
    package import ONNXLM

    /// The chat template of a model, for a server that only continues text.
    ///
    /// The server reads the whole text alike: a message that spells one of the model's special tokens cannot be told
    /// from the template's own, so such messages are refused.
    package struct ModelChatTemplate: Sendable {
        private let template: ChatTemplate
        private let beginOfSequence: String?
        private let endOfSequence: String?

        /// The template in a folder with the model's `tokenizer_config.json`, and `chat_template.jinja` if it has one;
        /// weights are not needed.
        ///
        /// - Throws: `model.not_found`, `template.*`.
        package init(folder path: String) throws(ONNXError) {
            let folder = try ModelFolder(path)
            guard let template = try PromptRenderer.template(of: folder) else {
                throw ONNXError("template.missing", "The folder \"\(path)\" has no chat template.")
            }
            self.template = template
            beginOfSequence = folder.token("bos_token")
            endOfSequence = folder.token("eos_token")
        }

        /// The text up to where the answer begins, without the token for the beginning of text, which the server adds.
        ///
        /// - Throws: `template.*`; `messages.special` for a message that spells a special token.
        package func render(_ messages: [ChatMessage]) throws(ONNXError) -> String {
            var options = ChatTemplate.Options()
            options.addGenerationPrompt = true
            options.bosToken = beginOfSequence
            options.eosToken = endOfSequence
            let prompt = try template.render(messages: .array(messages.map(\.json)), options: options)
            let specials = [beginOfSequence, endOfSequence].compactMap(\.self).filter { !$0.isEmpty }
            for segment in prompt.segments where !segment.isFromTemplate {
                if let token = specials.first(where: { segment.text.contains($0) }) {
                    throw ONNXError(
                        "messages.special",
                        "A message holds the text \(token), which this interface would take for the model's own sign. "
                            + "Leave it out, or use a provider of chat completions.")
                }
            }
            guard let beginOfSequence, !beginOfSequence.isEmpty, prompt.text.hasPrefix(beginOfSequence) else {
                return prompt.text
            }
            return String(prompt.text.dropFirst(beginOfSequence.count))
        }
    }
#endif
