// SPDX-License-Identifier: Apache-2.0
#if Providers
    /// The kinds of provider that a configuration can name.
    public enum ProviderKind: String, Sendable, Hashable, CaseIterable {
        case local
        case huggingFace = "huggingface"
        case openAI = "openai"
        case openRouter = "openrouter"
        case anthropic
        case openAICompatible = "openai-compatible"

        /// The variable of the environment that usually holds the key.
        var keyVariable: String? {
            switch self {
            // The key of one service is not for whatever server else speaks like it.
            case .local, .openAICompatible: nil
            case .huggingFace: "HF_TOKEN"
            case .openAI: "OPENAI_API_KEY"
            case .openRouter: "OPENROUTER_API_KEY"
            case .anthropic: "ANTHROPIC_API_KEY"
            }
        }
    }
#endif
