// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXJSON
    import ONNXLM

    /// `onnxlm generate`: continues a text or a row of tokens.
    struct GenerateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "generate",
            abstract: "Continues a text, without a chat template.",
            discussion: """
                Example: onnxlm generate models/smollm2-135m-instruct --prompt "Once upon a time" --max-tokens 40
                """)

        @OptionGroup var model: ModelOptions
        @OptionGroup var sampling: SamplingOptions

        @Option(help: "The text to continue.")
        var prompt: String?

        @Option(help: "A file with the text to continue; - for stdin.")
        var promptFile: String?

        @Option(help: "Tokens to continue, such as 1,2,3; needs no tokenizer in the folder.")
        var tokens: String?

        @Flag(help: "Print one JSON object: prompt_tokens, tokens, text, finish_reason, timings.")
        var json = false

        @Option(help: "With --json: the log-probability of each token, with this many alternatives.")
        var logProbabilities: Int?

        @Option(help: "Print this many continuations, of as many beams or draws.")
        var numReturnSequences: Int?

        func validate() throws {
            guard [prompt != nil, promptFile != nil, tokens != nil].filter({ $0 }).count == 1 else {
                throw ValidationError("Give one of --prompt, --prompt-file and --tokens.")
            }
        }

        func run() async throws {
            let ids = try tokens.map { try Self.parseTokens($0) }
            let text = try prompt ?? promptFile.map { try Self.readText($0) }
            let language = try await model.load()
            defer { model.finishCaching(language) }
            let promptTokens: [Int]
            if let ids {
                promptTokens = ids
            } else {
                promptTokens = try language.requireTokenizer().encode(
                    text ?? "", addSpecialTokens: true, parseSpecial: false)
            }
            var options = sampling.generationOptions
            options.logProbabilities = json ? logProbabilities : nil
            if let numReturnSequences {
                options.returnedCount = numReturnSequences
                let sequences = try await language.generateSequences(promptTokens, options: options)
                return printSequences(sequences, hasTexts: language.tokenizer != nil)
            }
            let stream = language.streamTokens(promptTokens, options: options)
            guard json else {
                for try await piece in stream {
                    if language.tokenizer == nil {
                        Console.write(piece.tokens.map { "\($0) " }.joined())
                    } else {
                        Console.write(piece.text)
                    }
                }
                return Console.write("\n")
            }
            let response = try await stream.collect()
            Console.line(Self.report(promptTokens, response, language).jsonText())
        }

        private func printSequences(_ sequences: [GeneratedSequence], hasTexts: Bool) {
            for sequence in sequences {
                if json {
                    Console.line(Self.report(sequence).jsonText())
                } else {
                    let score = sequence.score.map { "\($0)\t" } ?? ""
                    let tokens = sequence.tokens.map { "\($0)" }.joined(separator: " ")
                    Console.line(score + (hasTexts ? sequence.text : tokens))
                }
            }
        }

        private static func report(_ sequence: GeneratedSequence) -> JSONValue {
            [
                "tokens": .array(sequence.tokens.map { .number(.integer($0)) }),
                "text": .string(sequence.text),
                "score": sequence.score.map { .number(JSONNumber(Double($0))) } ?? .null,
                "finish_reason": .string(sequence.finishReason.rawValue),
                "log_probabilities": .array(sequence.logProbabilities.map(Self.row)),
            ]
        }

        static func parseTokens(_ list: String) throws -> [Int] {
            try list.split(separator: ",").map { part in
                guard let id = Int(part.trimmingCharacters(in: .whitespaces)), id >= 0 else {
                    throw ValidationError("--tokens has \"\(part)\", which is no token number.")
                }
                return id
            }
        }

        static func readText(_ path: String) throws -> String {
            let data: Data
            if path == "-" {
                data = FileHandle.standardInput.readDataToEndOfFile()
            } else {
                guard let contents = FileManager.default.contents(atPath: path) else {
                    throw ONNXError("file.missing", "The prompt file \"\(path)\" cannot be read.")
                }
                data = contents
            }
            return String(decoding: data, as: UTF8.self)
        }

        static func report(_ prompt: [Int], _ response: Response, _ model: LanguageModel) -> JSONValue {
            let summary = response.summary
            var report: JSONValue = [
                "prompt_tokens": .array(prompt.map { .number(.integer($0)) }),
                "tokens": .array(response.tokens.map { .number(.integer($0)) }),
                "text": .string(response.text),
                "finish_reason": .string(summary.finishReason.rawValue),
                "timings": [
                    "load_seconds": .number(JSONNumber(model.loadSeconds.model)),
                    "tokenizer_seconds": .number(JSONNumber(model.loadSeconds.tokenizer)),
                    "prefill_seconds": .number(JSONNumber(summary.prefillSeconds)),
                    "decode_seconds": .number(JSONNumber(summary.decodeSeconds)),
                    "drafted_tokens": .number(.integer(summary.draftedTokenCount)),
                    "accepted_tokens": .number(.integer(summary.acceptedTokenCount)),
                    "decode_tokens_per_second": .number(JSONNumber(summary.decodeTokensPerSecond)),
                ],
            ]
            if !response.logProbabilities.isEmpty, case .object(var members) = report {
                members["log_probabilities"] = .array(response.logProbabilities.map(Self.row))
                report = .object(members)
            }
            return report
        }

        private static func row(_ entry: TokenLogProbability) -> JSONValue {
            [
                "token": .number(.integer(entry.token)),
                "log_probability": .number(JSONNumber(entry.logProbability)),
                "alternatives": .array(
                    entry.alternatives.map {
                        [
                            "token": .number(.integer($0.token)),
                            "log_probability": .number(JSONNumber($0.logProbability)),
                        ]
                    }),
            ]
        }
    }
#endif
