// SPDX-License-Identifier: Apache-2.0
import ONNXLM

let folder = CommandLine.arguments.dropFirst().first ?? "models/smollm2-135m-instruct"
let model = try await LanguageModel.load(from: folder)
for completion in [" Paris", " London", " a banana"] {
    let score = try await model.score(prompt: "The capital of France is", completion: completion)
    print("\(completion): log-probability \(score.total)")
}
