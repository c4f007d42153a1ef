// SPDX-License-Identifier: Apache-2.0
import ONNXLM

let folder = CommandLine.arguments.dropFirst().first ?? "models/smollm2-135m-instruct"
let model = try await LanguageModel.load(from: folder)
let chat = ChatSession(model, instructions: "You are a helpful assistant. Answer briefly.")
print("You: ", terminator: "")
while let line = readLine(), !line.isEmpty {
    for try await piece in chat.streamResponse(to: line) {
        print(piece.text, terminator: "")
        if let summary = piece.summary {
            print(
                "\n[\(summary.generatedTokenCount) tokens, \(summary.cachedTokenCount) of the prompt were cached]"
            )
        }
    }
    print("You: ", terminator: "")
}
