// SPDX-License-Identifier: Apache-2.0
#if Command && Providers
    import Foundation
    import ONNXLM
    import ONNXLMProviders
    import Synchronization

    /// A conversation with providers: one answer, or one for each line.
    final class ProviderChat: Sendable {
        private let provider: FallbackProvider
        private let options: GenerationOptions
        private let messages: Mutex<[ChatMessage]>

        /// - Parameters:
        ///   - folder: the model folder that the provider `local` takes where nothing else is said.
        init(
            _ choice: ProviderOptions, folder: String?, loadOptions: LoadOptions, options: GenerationOptions,
            messages: [ChatMessage]
        ) throws {
            var configuration =
                try choice.config.map { try ProviderConfiguration(contentsOf: $0) } ?? .usual()
            if choice.localOnly { configuration.policy.localOnly = true }
            let names = (choice.provider ?? "").split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            let providers = try names.filter { !$0.isEmpty }.map { name in
                var entry = try configuration.entry(named: name)
                if entry.kind == .local { entry.model = entry.model ?? folder }
                return try configuration.makeProvider(entry, options: loadOptions)
            }
            guard !providers.isEmpty else {
                throw ONNXError("options.provider", "--provider names no provider.")
            }
            provider = FallbackProvider(providers, policy: configuration.policy)
            self.options = options
            self.messages = Mutex(messages)
        }

        /// Answers what is there, with `prompt` added, and says on stderr who answered.
        func answer(_ prompt: String?) async throws {
            let conversation = messages.withLock { messages in
                messages + (prompt.map { [ChatMessage(.user, $0)] } ?? [])
            }
            let request = ChatRequest(messages: conversation, options: options)
            for try await event in provider.streamResponse(to: request) {
                switch event {
                case .text(let text): Console.write(text)
                case .finished(let response):
                    Console.write("\n")
                    messages.withLock { $0 = conversation + [ChatMessage(.assistant, response.text)] }
                    note(response)
                }
            }
        }

        /// Waits until the packed weights of local models are in the cache.
        func finishCaching(_ loading: LoadingOptions) async {
            for case let local as LocalProvider in provider.providers {
                if let model = await local.loadedModel() { loading.finishCaching(model) }
            }
        }

        private func note(_ response: ChatResponse) {
            for attempt in response.attempts { Console.note("(\(attempt.provider): \(attempt.reason))") }
            var parts = ["answered by \(response.provider), \(response.model)"]
            if let seconds = response.secondsToFirstToken {
                parts.append("first text after \(String(format: "%.2f", seconds)) s")
            }
            if let rate = response.tokensPerSecond { parts.append(String(format: "%.1f tokens/s", rate)) }
            if let cost = response.costEstimate, cost > 0 { parts.append(String(format: "$%.6f", cost)) }
            Console.note("(\(parts.joined(separator: "; ")))")
        }
    }
#endif
