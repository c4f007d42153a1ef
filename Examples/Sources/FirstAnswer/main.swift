// SPDX-License-Identifier: Apache-2.0
import ONNXLM

let folder = CommandLine.arguments.dropFirst().first ?? "models/smollm2-135m-instruct"
let model = try await LanguageModel.load(from: folder)
let session = ChatSession(model, instructions: "Answer in one sentence.")
print(try await session.respond(to: "What is the capital of France?"))
