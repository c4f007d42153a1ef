// SPDX-License-Identifier: Apache-2.0
import ONNXLM

let folder = CommandLine.arguments.dropFirst().first ?? "models/smollm2-135m-instruct"
let model = try await LanguageModel.load(from: folder)
let modes: [(String, GenerationOptions)] = [
    ("greedy", GenerationOptions(sampling: .greedy, maximumTokens: 40)),
    ("top 50", GenerationOptions(sampling: .random(top: 50, seed: 1), maximumTokens: 40)),
    (
        "nucleus of 0.9",
        GenerationOptions(
            sampling: .random(probabilityThreshold: 0.9, seed: 1), temperature: 1.2, maximumTokens: 40
        )
    ),
]
for (name, options) in modes {
    let session = ChatSession(model, options: options)
    print("\(name): \(try await session.respond(to: "Write one line about the sea."))\n")
}
