// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXGGUFImport
    import ONNXLM

    /// `onnxlm import-gguf`: a model folder from a GGUF file.
    struct ImportGGUFCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-gguf",
            abstract: "Writes a model folder from a GGUF file.",
            discussion: """
                Example: onnxlm import-gguf SmolLM2-135M-Instruct.Q4_1.gguf models/smollm2-135m-instruct
                """)

        @Argument(help: "The GGUF file.")
        var input: String

        @Argument(help: "The folder to write; it must not exist.")
        var output: String

        @Option(help: "Threads that quantise; by default the cores this process may use.")
        var threads: Int?

        @Flag(help: "Replace the folder if it exists.")
        var overwrite = false

        @Option(help: "How weights are quantised: balanced, small, precise or symmetric.")
        var recipe = "balanced"

        @Option(help: "1: float activations, exact; 4: int8 activations, faster.")
        var accuracyLevel = 1

        func validate() throws {
            guard accuracyLevel == 1 || accuracyLevel == 4 else {
                throw ValidationError("--accuracy-level is \(accuracyLevel); 1 and 4 are there.")
            }
            guard Self.recipes[recipe] != nil else {
                throw ValidationError(
                    "--recipe is \"\(recipe)\"; balanced, small, precise and symmetric are there.")
            }
            if let threads, !(1...256).contains(threads) {
                throw ValidationError("--threads is \(threads); it has to be from 1 to 256.")
            }
        }

        private static let recipes: [String: QuantizationRecipe] = [
            "balanced": .balanced, "small": .small, "precise": .precise, "symmetric": .symmetric,
        ]

        func run() throws {
            let display = ProgressDisplay()
            var recipe = Self.recipes[self.recipe] ?? .balanced
            recipe.accuracyLevel = accuracyLevel
            let options = GGUFImporter.Options(
                recipe: recipe,
                threads: threads ?? InferenceModel.defaultThreadCount,
                overwrites: overwrite)
            try GGUFImporter(source: input).write(to: output, options: options) { display.show($0, $1) }
            display.finish()
            Console.line(output)
        }
    }
#endif
