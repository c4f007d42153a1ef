// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXJSON
    import ONNXLM

    /// One provider of a configuration: what it is, before anything of it is opened or asked.
    public struct ProviderEntry: Sendable, Hashable {
        /// Where a key is found. Never in the configuration itself.
        public enum KeySource: Sendable, Hashable {
            case environment(String)

            /// A file that only its owner may read.
            case file(String)
        }

        public var name: String
        public var kind: ProviderKind

        /// For a local one a name of `models` or a folder, for others the service's name of the model.
        public var model: String?
        public var url: String?
        public var key: KeySource?
        public var prices: ChatPrices?
        public var headers: [String: String] = [:]

        /// See ``OpenAICompatibleProvider/Settings/staysOnThisMachine``.
        public var staysOnThisMachine = false

        /// See ``OpenAICompatibleProvider/Settings/allowsKeyOverPlainHTTP``.
        public var allowsKeyOverPlainHTTP = false

        /// For Hugging Face: the folder with the chat template for the older text-generation endpoint.
        public var templateFolder: String?

        public init(name: String, kind: ProviderKind, model: String? = nil) {
            self.name = name
            self.kind = kind
            self.model = model
            key = kind.keyVariable.map { .environment($0) }
        }

        /// - Throws: `config.*` naming the provider and the member.
        init(name: String, json: JSONValue) throws(ONNXError) {
            let reader = try ConfigurationReader(
                json, "providers.\(name)",
                known: [
                    "kind", "model", "url", "key", "prices", "headers", "stays_on_this_machine",
                    "allows_key_over_plain_http",
                    "template_folder", "application_url", "application_title",
                ])
            let text = try reader.text("kind") ?? name
            guard let kind = ProviderKind(rawValue: text) else {
                let kinds = ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ONNXError(
                    "config.provider_kind",
                    "\(reader.place).kind is \"\(text)\"; it has to be one of \(kinds).")
            }
            self.init(name: name, kind: kind, model: try reader.text("model"))
            url = try reader.text("url")
            templateFolder = try reader.text("template_folder")
            staysOnThisMachine = try reader.truth("stays_on_this_machine") ?? false
            allowsKeyOverPlainHTTP = try reader.truth("allows_key_over_plain_http") ?? false
            if let title = try reader.text("application_title") { headers["X-Title"] = title }
            if let address = try reader.text("application_url") { headers["HTTP-Referer"] = address }
            if let values = try reader.object("headers") {
                for name in values.json.keys { headers[name] = try values.text(name) }
            }
            if let key = try reader.key("key") { self.key = key }
            if let values = try reader.object("prices", known: ["prompt", "generated"]) {
                prices = ChatPrices(
                    promptPerMillion: try values.number("prompt") ?? 0,
                    generatedPerMillion: try values.number("generated") ?? 0)
            }
        }
    }
#endif
