// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser

    @main
    enum Entry {
        static func main() async {
            Signals.ignoreBrokenPipes()
            do {
                var command = try CommandRoot.parseAsRoot()
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                Console.flush()
            } catch {
                ExitStatus.leave(with: error)
            }
        }
    }

    /// The command itself: what its subcommands are.
    struct CommandRoot: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "onnxlm",
            abstract: "Runs language models in the ONNX format on the CPU.",
            discussion: """
                Example: onnxlm chat models/smollm2-135m-instruct --prompt "What is the capital of France?"
                """,
            version: version,
            subcommands: [
                ChatCommand.self, GenerateCommand.self, InspectCommand.self, BenchCommand.self,
                PerplexityCommand.self, ExplainCommand.self,
                ConformanceCommand.self, TokenizeCommand.self, RenderCommand.self, ImportGGUFCommand.self,
                SynthesizeCommand.self, CacheCommand.self, ModelsCommand.self, VerifyCommand.self,
                RemoveCommand.self, MoveCommand.self, PullCommand.self, PlanCommand.self, DoctorCommand.self,
                ProvidersCommand.self,
            ])

        /// The version of the package.
        static let version = "0.1.0"
    }
#else
    @main
    enum Entry {
        static func main() {
            print(
                "onnxlm was built without its command. Build it with: swift build -c release --traits Command"
            )
        }
    }
#endif
