// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXChatTemplate
    import ONNXErrors
    import ONNXGeneration
    import ONNXJSON

    /// `onnxlm render`: chat templates to prompts.
    struct RenderCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "render",
            abstract: "Renders chat templates, a JSON row at a time.",
            discussion: """
                A row holds "template" (a file) or "template_text", "messages", "tools", "add_generation_prompt",
                "variables", "now"; without a template the model's own is used. Each answer is {"text"} or {"error"}.
                Example: onnxlm render --json-lines models/smollm2-135m-instruct < rows.jsonl
                """)

        @Argument(
            help: "A model folder or the name of a model, for rows that name no template.",
            transform: { StoredModels.path($0) })
        var model: String?

        @Flag(help: "Read and write rows of JSON.")
        var jsonLines = false

        func run() throws {
            let folder = try model.map { try ModelFolder($0) }
            let own = try folder.flatMap { try PromptRenderer.template(of: $0) }
            try Console.forEachInputLine { line in
                do throws(ONNXError) {
                    let row = try JSONValue.parse(line)
                    let text = try render(row, folder, own)
                    Console.line((["text": .string(text)] as JSONValue).jsonText())
                } catch {
                    let answer: JSONValue = [
                        "error": .string(error.message), "code": .string(error.code.rawValue),
                    ]
                    Console.line(answer.jsonText())
                }
            }
        }

        private func render(
            _ row: JSONValue, _ folder: ModelFolder?, _ own: ChatTemplate?
        ) throws(ONNXError) -> String {
            let template: ChatTemplate
            if let source = row["template_text"]?.stringValue {
                template = try ChatTemplate(source: source)
            } else if let path = row["template"]?.stringValue {
                let bytes = try FileBytes.read(path, byteLimit: 1 << 20, tooLarge: "template.too_large")
                template = try ChatTemplate(source: String(decoding: bytes, as: UTF8.self))
            } else if let own {
                template = own
            } else {
                throw ONNXError(
                    "template.missing", "The row names no template and the command no model that has one.")
            }
            var options = ChatTemplate.Options()
            options.tools = row["tools"] ?? .null
            options.addGenerationPrompt = row["add_generation_prompt"]?.boolValue ?? false
            options.bosToken = folder?.token("bos_token")
            options.eosToken = folder?.token("eos_token")
            if let variables = row["variables"]?.objectValue {
                for (key, value) in zip(variables.keys, variables.values) {
                    switch key {
                    case "bos_token": options.bosToken = value.stringValue ?? options.bosToken
                    case "eos_token": options.eosToken = value.stringValue ?? options.eosToken
                    case "documents": options.documents = value
                    default: options.variables[key] = value
                    }
                }
            }
            if let now = row["now"]?.stringValue {
                guard let clock = TemplateClock(now) else {
                    throw ONNXError("json.format", "\"now\" is \"\(now)\", which is no date.")
                }
                options.now = clock
            }
            return try template.render(messages: row["messages"] ?? [], options: options).text
        }
    }
#endif
