// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    /// What a provider is asked: a conversation that ends with what is to be answered, and how.
    ///
    ///     var request = ChatRequest("What is the capital of France?", instructions: "Answer briefly.")
    ///     request.options.maximumTokens = 100
    public struct ChatRequest: Sendable {
        /// The conversation, the oldest message first.
        public var messages: [ChatMessage]

        /// What the model is told before the conversation; in addition to messages of the role `system`.
        public var instructions: String?

        /// How tokens are chosen and when the answer ends. What is nil is left to the provider. A remote provider
        /// uses ``GenerationOptions/maximumTokens``, ``GenerationOptions/temperature``,
        /// ``GenerationOptions/topP``, ``GenerationOptions/stopStrings`` and, where its interface has one, a seed.
        public var options: GenerationOptions

        public init(
            messages: [ChatMessage], instructions: String? = nil,
            options: GenerationOptions = GenerationOptions()
        ) {
            self.messages = messages
            self.instructions = instructions
            self.options = options
        }

        /// One question.
        public init(
            _ prompt: String, instructions: String? = nil, options: GenerationOptions = GenerationOptions()
        ) {
            self.init(messages: [ChatMessage(.user, prompt)], instructions: instructions, options: options)
        }

        /// The messages with the instructions as the first.
        package var allMessages: [ChatMessage] {
            (instructions.map { [ChatMessage(.system, $0)] } ?? []) + messages
        }
    }
#endif
