// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXJSON
    import ONNXLM

    /// `onnxlm inspect`: what a model file holds and whether it can run here.
    struct InspectCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Describes a model: inputs, outputs, operators, weights, and whether it can run here.",
            discussion: """
                Works when only model.onnx is there and the weights are not. Tells everything at once that the model
                cannot run for, and everything that it runs slowly for. The exit status is 0 for a model that runs and
                65 for one that cannot.
                Example: onnxlm inspect models/smollm2-135m-instruct
                """)

        @OptionGroup var model: ModelOptions

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let description = try ModelDescription(path: model.model, cacheType: model.cacheType)
            Console.line(json ? description.json.jsonText(style: .indented) : description.text)
            if !description.canRun { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }
#endif
