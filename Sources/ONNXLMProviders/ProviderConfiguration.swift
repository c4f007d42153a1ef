// SPDX-License-Identifier: Apache-2.0
#if Providers
    package import ONNXJSON
    public import ONNXLM
    import ONNXModelStore

    /// Named models, named providers and the policy between them, as a JSON file gives them. `docs/providers.md` has an
    /// example.
    public struct ProviderConfiguration: Sendable {
        /// Folders by name.
        public var models: [String: String] = [:]

        /// In the order in which the file names them.
        public var entries: [ProviderEntry] = []
        public var policy = FallbackPolicy()

        /// No models, no providers, the usual policy.
        public init() {}

        /// - Throws: `file.*`, `json.*`, `config.*`, each naming the file.
        public init(contentsOf path: String) throws(ONNXError) {
            do throws(ONNXError) {
                let limits = JSONLimits(depth: 16, byteCount: 1 << 20)
                try self.init(json: JSONValue(contentsOf: path, limits: limits))
            } catch {
                throw error.adding("file \"\(path)\"")
            }
        }

        /// - Throws: `config.*`.
        package init(json: JSONValue) throws(ONNXError) {
            let reader = try ConfigurationReader(
                json, "the configuration", known: ["models", "providers", "policy"])
            if let named = try reader.object("models") {
                for name in named.json.keys { models[name] = try named.text(name) }
            }
            if let named = try reader.object("providers") {
                for name in named.json.keys {
                    entries.append(try ProviderEntry(name: name, json: named.json[name] ?? .null))
                }
            }
            if let values = try reader.object("policy", known: Self.policyKeys) {
                try readPolicy(values)
            }
        }

        private static let policyKeys = [
            "retries", "retry_delay", "maximum_retry_delay", "first_token_timeout", "total_deadline",
            "circuit_breaker_threshold", "circuit_breaker_cooldown", "spending_cap",
            "maximum_tokens_under_cap",
            "local_only",
        ]

        private mutating func readPolicy(_ values: ConfigurationReader) throws(ONNXError) {
            func duration(_ key: String) throws(ONNXError) -> Duration? {
                try values.number(key).map { .seconds($0) }
            }
            policy.retryCount = try values.count("retries") ?? policy.retryCount
            policy.retryDelay = try duration("retry_delay") ?? policy.retryDelay
            policy.maximumRetryDelay = try duration("maximum_retry_delay") ?? policy.maximumRetryDelay
            policy.firstTokenTimeout = try duration("first_token_timeout") ?? policy.firstTokenTimeout
            policy.totalDeadline = try duration("total_deadline") ?? policy.totalDeadline
            policy.circuitBreakerThreshold =
                try values.count("circuit_breaker_threshold") ?? policy.circuitBreakerThreshold
            policy.circuitBreakerCooldown =
                try duration("circuit_breaker_cooldown") ?? policy.circuitBreakerCooldown
            policy.spendingCap = try values.number("spending_cap") ?? policy.spendingCap
            policy.maximumTokensUnderCap =
                try values.count("maximum_tokens_under_cap") ?? policy.maximumTokensUnderCap
            policy.localOnly = try values.truth("local_only") ?? policy.localOnly
        }

        /// The entry that a user names: one of the file, or the name of a kind, either with `:MODEL` behind it.
        ///
        /// - Throws: `config.provider_name`.
        public func entry(named text: String) throws(ONNXError) -> ProviderEntry {
            let name = String(text.prefix { $0 != ":" })
            let model = name.count < text.count ? String(text.dropFirst(name.count + 1)) : nil
            if var entry = entries.first(where: { $0.name == name }) {
                entry.model = model ?? entry.model
                return entry
            }
            guard let kind = ProviderKind(rawValue: name) else {
                let names = entries.map(\.name) + ProviderKind.allCases.map(\.rawValue)
                throw ONNXError(
                    "config.provider_name",
                    "There is no provider \"\(name)\". There are: \(names.joined(separator: ", ")).")
            }
            return ProviderEntry(name: name, kind: kind, model: model)
        }

        /// The folder of a local entry: its model, by name or as a path.
        ///
        /// - Throws: `config.provider_model`.
        public func folder(of entry: ProviderEntry) throws(ONNXError) -> String {
            guard let model = entry.model else { throw Self.noModel(entry) }
            return ModelStore.path(Self.expanded(models[model] ?? model))
        }

        static func noModel(_ entry: ProviderEntry) -> ONNXError {
            ONNXError(
                "config.provider_model",
                "The provider \"\(entry.name)\" has no model. Name it (\(entry.name):MODEL), or in the configuration."
            )
        }
    }
#endif
