// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors
    import ONNXJSON
    import ONNXLM

    /// `onnxlm bench`: how fast a model loads, reads and writes on this machine.
    struct BenchCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bench",
            abstract: "Measures loading, prefill and decode, beside the machine's memory read rate.",
            discussion: """
                Example: onnxlm bench models/smollm2-135m-instruct --prompt-tokens 512 --new-tokens 32 --json
                """)

        @OptionGroup var model: ModelOptions

        @Option(help: "Tokens of the prompt.")
        var promptTokens = 128

        @Option(help: "Tokens to generate.")
        var newTokens = 32

        @Option(help: "Measured runs, after one that is not measured.")
        var `repeat` = 3

        @Option(help: "Prompt tokens of the run that is not measured; 0 for no such run. By default all.")
        var warmUpTokens: Int?

        @Flag(help: "Leave out the memory's read rate, which takes a second and a gibibyte.")
        var noMemoryRate = false

        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            guard (1...1_000_000).contains(promptTokens), (1...1_000_000).contains(newTokens),
                (1...1000).contains(`repeat`)
            else {
                throw ValidationError("--prompt-tokens, --new-tokens and --repeat have to be 1 or more.")
            }
            if let warmUpTokens, !(0...promptTokens).contains(warmUpTokens) {
                throw ValidationError(
                    "--warm-up-tokens is \(warmUpTokens); it has to be from 0 to --prompt-tokens.")
            }
        }

        func run() throws {
            let report = try Benchmark(
                path: model.model, options: model.loadOptions, promptTokens: promptTokens,
                newTokens: newTokens, runs: `repeat`, warmUpTokens: warmUpTokens ?? promptTokens,
                measuresMemory: !noMemoryRate
            ).run()
            if json { return Console.line(report.json.jsonText(style: .indented)) }
            Console.line(report.text)
        }
    }
#endif
