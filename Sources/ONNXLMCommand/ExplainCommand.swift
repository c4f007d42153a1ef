// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXGeneration
    import ONNXJSON

    /// `onnxlm explain`: what the configuration files beside a model do.
    struct ExplainCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Tells where each setting of a model comes from.",
            discussion: """
                For every value in genai_config.json, generation_config.json, config.json, tokenizer_config.json and
                special_tokens_map.json: whether it acts, is overridden, ignored or unknown, or contradicts another.
                Example: onnxlm explain models/smollm2-135m-instruct
                """)

        @Argument(help: "The model folder or the name of a model.", transform: { StoredModels.path($0) })
        var model: String

        @Flag(help: "Only contradictions and unknown values.")
        var problems = false

        @Flag(help: "Print one JSON object: settings, values.")
        var json = false

        func run() throws {
            let explanation = try ModelExplanation(model)
            let values = explanation.values.filter {
                !problems || $0.outcome == .contradicts || $0.outcome == .unknown
            }
            if json {
                let report: JSONValue = [
                    "model": .string(model),
                    "settings": .array(
                        explanation.settings.map {
                            ["name": .string($0.name), "value": $0.value, "source": .string($0.source)]
                        }),
                    "values": .array(
                        values.map {
                            [
                                "file": .string($0.file), "key": .string($0.key), "value": $0.value,
                                "outcome": .string($0.outcome.rawValue), "note": .string($0.note),
                            ]
                        }),
                ]
                return Console.line(report.jsonText())
            }
            if !problems {
                Console.line("in effect, without options:")
                for setting in explanation.settings {
                    Console.line("  \(setting.name) = \(Self.short(setting.value))  (\(setting.source))")
                }
            }
            var file = ""
            for value in values {
                if value.file != file {
                    file = value.file
                    Console.line("\(file):")
                }
                let note = value.note.isEmpty ? "" : ": \(value.note)"
                let name = value.key.isEmpty ? "" : "\(value.key) = "
                Console.line("  \(name)\(Self.short(value.value))  \(value.outcome.rawValue)\(note)")
            }
            let count = explanation.values.count { $0.outcome == .contradicts }
            Console.line("\(count) contradictions")
        }

        private static func short(_ value: JSONValue) -> String {
            let text = value.jsonText()
            return text.count <= 60 ? text : text.prefix(57) + "…"
        }
    }
#endif
