// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXJSON
    import ONNXLM
    import Synchronization

    /// `onnxlm chat`: a conversation on the terminal, or one answer.
    struct ChatCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "chat",
            abstract: "Talks with a model.",
            discussion: """
                Without --prompt and --messages it reads one message a line; Ctrl-C stops the answer, an empty end of
                input (Ctrl-D) or /exit leaves.
                With --provider, providers are asked in order and stderr says who answered and why others did not.
                Example: onnxlm chat models/smollm2-135m-instruct --prompt "What is the capital of France?"
                """)

        @Argument(
            help: "The model folder or the name of a model; with --provider that of the provider local.",
            transform: { StoredModels.path($0) })
        var model: String?

        @OptionGroup var loading: LoadingOptions
        @OptionGroup var providers: ProviderOptions
        @OptionGroup var sampling: SamplingOptions

        @Option(help: "Answer this one message and leave.")
        var prompt: String?

        @Option(help: "Answer the conversation in this JSON file, a list of {role, content}, and leave.")
        var messages: String?

        @Option(help: "A system message.")
        var instructions: String?

        @Flag(help: "When the context is full, go on without the oldest turns instead of failing.")
        var dropOldest = false

        func validate() throws {
            if prompt != nil, messages != nil {
                throw ValidationError("--prompt and --messages exclude each other.")
            }
            if model == nil, providers.provider == nil {
                throw ValidationError("Missing expected argument '<model>'")
            }
        }

        func run() async throws {
            let given = try messages.map { try Self.readMessages($0) }
            var history = instructions.map { [ChatMessage(.system, $0)] } ?? []
            history += given ?? []
            guard let model, providers.provider == nil else {
                return try await askProviders(history, answersGiven: given != nil)
            }
            let language = try await loading.load(model)
            defer { loading.finishCaching(language) }
            let chat = ChatSession(
                language, messages: history, options: sampling.generationOptions,
                contextPolicy: dropOldest ? .dropOldestTurns() : .stop)
            if given != nil { return try await Self.printAnswer(chat.streamResponse(adding: [])) }
            if let prompt { return try await Self.printAnswer(chat.streamResponse(to: prompt)) }
            await MessageLoop { try await Self.printAnswer(chat.streamResponse(to: $0)) }.run()
        }

        private func askProviders(_ history: [ChatMessage], answersGiven: Bool) async throws {
            #if Providers
                let chat = try ProviderChat(
                    providers, folder: model, loadOptions: loading.loadOptions,
                    options: sampling.generationOptions, messages: history)
                if answersGiven || prompt != nil {
                    try await chat.answer(answersGiven ? nil : prompt)
                } else {
                    await MessageLoop { try await chat.answer($0) }.run()
                }
                await chat.finishCaching(loading)
            #else
                throw ProviderOptions.missingTrait
            #endif
        }

        static func printAnswer(_ stream: GenerationStream) async throws {
            var events: [GenerationEvent] = []
            var reason = FinishReason.stop
            for try await piece in stream {
                Console.write(piece.text)
                events += piece.events
                reason = piece.summary?.finishReason ?? reason
            }
            Console.write("\n")
            for event in events { note(event) }
            if reason == .contextFull { Console.note("(the context is full)") }
        }

        private static func note(_ event: GenerationEvent) {
            switch event {
            case .droppedMessages(let count):
                Console.note("(the context is full: the \(count) oldest messages are left out)")
            case .longContext(let count, let seconds):
                let milliseconds = Int(seconds * 1000)
                Console.note("(long context: \(count) tokens were read again, \(milliseconds) ms)")
            }
        }

        static func readMessages(_ path: String) throws -> [ChatMessage] {
            let json = try JSONValue(contentsOf: path)
            guard let rows = json.arrayValue ?? json["messages"]?.arrayValue else {
                throw ONNXError("messages.format", "\"\(path)\" holds no list of messages.")
            }
            return try rows.enumerated().map { index, row in
                guard let role = row["role"]?.stringValue, let content = row["content"]?.stringValue else {
                    throw ONNXError(
                        "messages.format",
                        "Message \(index) of \"\(path)\" has no role or no content that is a text.")
                }
                return ChatMessage(ChatMessage.Role(rawValue: role), content)
            }
        }
    }
#endif
