// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXJSON
    import ONNXLM

    /// `onnxlm perplexity`: how much a text surprises a model.
    struct PerplexityCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "perplexity",
            abstract: "Tells how much a text surprises a model.",
            discussion: """
                Prints the exponential of the mean negative log-probability of the text's tokens. A text longer than
                the window is read in windows that begin a stride after each other; each token is counted once, in the
                first window that has it. A smaller stride gives each token more to go by.
                Example: onnxlm perplexity models/smollm2-135m-instruct README.md --window 512 --stride 256
                """)

        @OptionGroup var model: ModelOptions

        @Argument(help: "A file with the text; - for stdin.")
        var file: String?

        @Option(help: "Tokens, such as 1,2,3, in place of a text.")
        var tokens: String?

        @Option(help: "Tokens read together; by default the model's context.")
        var window: Int?

        @Option(help: "Tokens from one window's beginning to the next; by default the window.")
        var stride: Int?

        @Flag(help: "Print one JSON object: perplexity, mean, total, tokens.")
        var json = false

        func validate() throws {
            guard (file == nil) != (tokens == nil) else {
                throw ValidationError("Give a file or --tokens.")
            }
        }

        func run() async throws {
            let ids = try tokens.map { try GenerateCommand.parseTokens($0) }
            let text = try file.map { try GenerateCommand.readText($0) }
            let language = try await model.load()
            defer { model.finishCaching(language) }
            let score =
                if let ids {
                    try await language.perplexity(of: ids, window: window, stride: stride)
                } else {
                    try await language.perplexity(of: text ?? "", window: window, stride: stride)
                }
            guard json else {
                return Console.line("perplexity \(score.perplexity) over \(score.tokens.count) tokens")
            }
            let report: JSONValue = [
                "perplexity": .number(JSONNumber(score.perplexity)),
                "mean": .number(JSONNumber(score.mean)), "total": .number(JSONNumber(score.total)),
                "tokens": .number(.integer(score.tokens.count)),
            ]
            Console.line(report.jsonText())
        }
    }
#endif
