// SPDX-License-Identifier: Apache-2.0
#if Command
    import ArgumentParser
    import ONNXErrors

    /// Who answers, for commands that can ask providers.
    struct ProviderOptions: ParsableArguments {
        @Option(
            help: """
                Who answers: names of providers, separated by commas, each with :MODEL behind it if need be; the first \
                that can. Needs a build with the trait Providers.
                """)
        var provider: String?

        @Option(help: "The file that names providers and models; by default onnxlm/config.json in ~/.config.")
        var config: String?

        @Flag(help: "Ask only providers that stay on this machine, so that nothing leaves it.")
        var localOnly = false

        func validate() throws {
            if provider == nil, localOnly || config != nil {
                throw ValidationError("--local-only and --config need --provider.")
            }
        }

        /// The error where this build has no providers.
        static let missingTrait = ONNXError(
            "options.providers_missing",
            "This onnxlm was built without the trait Providers, which brings networking. Build it with: "
                + "swift build -c release --traits Command,Providers")
    }
#endif
