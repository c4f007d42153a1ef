// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON
import Testing

/// What `Scripts/templates.sh` fetches and asks `transformers` for: the templates of real models, and a table of
/// every feature.
enum GeneratedTemplates {
    static let folder = TemplateFixtures.folder + "/../.generated/templates"
    static let rows = folder + "/../template-rows"
    static let names =
        (try? TemplateFixtures.source("names.txt", in: rows))?.split(separator: "\n").map(String.init) ?? []
    static let missing: Comment = "no generated templates: Scripts/templates.sh makes them"

    /// The options that the arguments of a case mean.
    static func options(_ arguments: JSONObject) -> ChatTemplate.Options {
        var options = TemplateFixtures.options()
        for (name, value) in zip(arguments.keys, arguments.values) {
            switch name {
            case "messages": break
            case "tools": options.tools = value
            case "documents": options.documents = value
            case "add_generation_prompt": options.addGenerationPrompt = value.boolValue ?? false
            case "continue_final_message": options.continuedMember = value.stringValue ?? "content"
            default: options.variables[name] = value
            }
        }
        return options
    }
}

/// Prompts of real models' templates equal those of `transformers` byte for byte, and fail where they fail.
@Suite(.enabled(if: !GeneratedTemplates.names.isEmpty, GeneratedTemplates.missing))
struct ModelTemplateTests {
    /// Templates that must be among those fetched.
    static let required = [
        "model-smollm2-135m-instruct", "llama-cpp-python-HuggingFaceTB-SmolLM3-3B", "trl-phi3", "trl-phi3-5",
        "llama-cpp-python-microsoft-Phi-3.5-mini-instruct", "own-phi4-mini", "unsloth-phi4", "unsloth-llama",
        "trl-llama3", "llama-cpp-python-meta-llama-Llama-3.1-8B-Instruct", "trl-llama3-2",
        "llama-cpp-python-meta-llama-Llama-3.3-70B-Instruct", "llama-cpp-python-Qwen-Qwen2.5-7B-Instruct",
        "llama-cpp-python-Qwen-Qwen3-0.6B", "llama-cpp-python-mistralai-Mistral-Nemo-Instruct-2407",
        "unsloth-mistral", "trl-gemma", "llama-cpp-python-google-gemma-2-2b-it", "trl-gemma3",
        "unsloth-zephyr",
        "llama-cpp-python-chatml", "llama-cpp-python-llama-cpp-deepseek-r1", "trl-deepseek-r1-distill",
        "llama-cpp-python-ibm-granite-granite-3.3-2B-Instruct", "llama-cpp-python-openai-gpt-oss-120b",
        "trl-gptoss",
    ]

    @Test func wellKnownModelsAreThere() {
        #expect(Set(Self.required).subtracting(GeneratedTemplates.names).isEmpty)
    }

    @Test(arguments: GeneratedTemplates.names)
    func conversationsMatchTheReference(_ name: String) throws {
        let cases = try TemplateFixtures.rows("cases.jsonl", in: GeneratedTemplates.rows)
        let rows = try TemplateFixtures.rows("\(name).jsonl", in: GeneratedTemplates.rows + "/models")
        #expect(cases.count > 200 && rows.count == cases.count)
        let source = try TemplateFixtures.source("\(name).jinja", in: GeneratedTemplates.folder)
        let template = Result { () throws(ONNXError) in try ChatTemplate(source: source) }
        for (arguments, row) in zip(cases, rows) {
            let options = GeneratedTemplates.options(arguments.objectValue ?? JSONObject())
            let outcome = Outcome { () throws(ONNXError) in
                try template.get().render(messages: arguments["messages"] ?? .null, options: options)
            }
            if !outcome.matches(row) {
                Issue.record("\(arguments.jsonText()) gives \(outcome) instead of \(row.jsonText())")
            }
        }
    }
}

/// Every operator, filter, test, method and statement with values of every type: equal to the reference, or refused
/// by name.
@Suite(.enabled(if: !GeneratedTemplates.names.isEmpty, GeneratedTemplates.missing))
struct TemplateFeatureTests {
    /// What templates may not use. A refusal says the name.
    static let refused = [
        "filesizeformat", "pprint", "random", "striptags", "urlencode", "urlize", "wordwrap", "xmlattr",
        "block", "recursive", "lipsum", "cycler", "joiner", "autoescape", "encode",
        "format_map",
        "expandtabs", "isidentifier", "isprintable", "istitle", "translate", "\\N", "%G", "%g", "%V",
    ]

    @Test func featuresMatchTheReference() throws {
        var options = TemplateFixtures.options()
        let variables = try JSONValue(contentsOf: TemplateFixtures.folder + "/snippets.variables.json")
        options.variables = try #require(variables.objectValue)
        let rows = try TemplateFixtures.rows("features.jsonl", in: GeneratedTemplates.rows)
        #expect(rows.count > 15000)
        var refusals: Set<String> = []
        for row in rows {
            let source = try #require(row["template_text"]?.stringValue)
            var refusal: ONNXError?
            let outcome = Outcome { () throws(ONNXError) in
                do throws(ONNXError) {
                    return try ChatTemplate(source: source).render(messages: [], options: options)
                } catch {
                    refusal = error
                    throw error
                }
            }
            if outcome.matches(row) { continue }
            // Integers beyond 64 bits are shown, not computed with.
            if refusal?.code == "template.arithmetic", source.contains("big") || source.contains("1e20") {
                continue
            }
            if let refusal, refusal.code == "template.unsupported" || refusal.code == "template.undefined",
                let name = Self.refused.first(where: { source.contains($0) && refusal.message.contains($0) })
            {
                refusals.insert(name)
                continue
            }
            Issue.record("\(source) gives \(outcome) instead of \(row.jsonText())")
        }
        #expect(refusals == Set(Self.refused))
    }
}
