// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXExport

    /// `onnxlm synthesize`: a model folder with random weights.
    struct SynthesizeCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "synthesize",
            abstract:
                "Writes a model folder of a known shape with random weights, for measuring and testing.",
            discussion: """
                Example: onnxlm synthesize phi-4-mini --layers 8 /tmp/phi-4-mini-8
                """)

        @Argument(help: "phi-4-mini, small or tiny.")
        var shape: String

        @Argument(help: "The folder to write; it must not exist.")
        var output: String

        @Option(help: "Layers; by default as many as the shape has.")
        var layers: Int?

        @Option(help: "The generation of the model builder to write like: 0.7 or 0.18.")
        var builder = "0.18"

        @Option(help: "Which random weights.")
        var seed: UInt64 = 1

        @Flag(help: "Replace the folder if it exists.")
        var overwrite = false

        func validate() throws {
            guard BuilderGeneration(rawValue: builder) != nil else {
                throw ValidationError("--builder is \"\(builder)\"; 0.7 and 0.18 are there.")
            }
        }

        func run() throws {
            let display = ProgressDisplay()
            try SyntheticModel.write(
                shape: shape, layers: layers, builder: BuilderGeneration(rawValue: builder) ?? .v018,
                seed: seed, to: output,
                overwrites: overwrite
            ) { display.show($0, $1) }
            display.finish()
            Console.line(output)
        }
    }
#endif
