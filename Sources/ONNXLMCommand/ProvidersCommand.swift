// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import Foundation
    import ONNXErrors
    import ONNXJSON
    import ONNXLM
    #if Providers
        import ONNXLMProviders
    #endif

    /// `onnxlm providers`: who could answer.
    struct ProvidersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "providers",
            abstract:
                "Lists the configured providers: ready or why not, speed, cost, disk, whether text leaves.",
            discussion: """
                Local models are loaded and measured; remote providers are asked only with --measure-remote, which may \
                cost. Nothing else leaves the machine.
                Example: onnxlm providers --config onnxlm.json
                """)

        @Option(help: "The file that names providers and models; by default onnxlm/config.json in ~/.config.")
        var config: String?

        @Flag(help: "Do not load and measure local models.")
        var noMeasure = false

        @Flag(help: "Ask each remote provider for a few tokens.")
        var measureRemote = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            #if Providers
                let configuration = try config.map { try ProviderConfiguration(contentsOf: $0) } ?? .usual()
                var rows: [ProviderStatus] = []
                for entry in configuration.entries {
                    let measures = entry.kind == .local ? !noMeasure : measureRemote
                    rows.append(try await configuration.status(of: entry, measures: measures))
                }
                if json {
                    Console.line(JSONValue.array(rows.map(ProviderTable.json)).jsonText(style: .indented))
                } else if rows.isEmpty {
                    Console.note(
                        "No providers are configured in \(config ?? ProviderConfiguration.usualPath ?? "-").")
                } else {
                    Console.write(ProviderTable(rows).text)
                }
            #else
                throw ProviderOptions.missingTrait
            #endif
        }
    }
#endif
