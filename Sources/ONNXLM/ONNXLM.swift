// SPDX-License-Identifier: Apache-2.0

/// Language models in the ONNX format on the CPU: one import for loading, chatting and generating.
///
///     import ONNXLM
///
///     let model = try await LanguageModel.load(from: "models/smollm2-135m-instruct")
///     let chat = ChatSession(model, instructions: "Answer briefly.")
///     for try await piece in chat.streamResponse(to: "What is the capital of France?") {
///         print(piece.text, terminator: "")
///     }
@_exported public import ONNXChatTemplate
@_exported public import ONNXDiagnosis
@_exported public import ONNXErrors
@_exported public import ONNXGeneration
@_exported public import ONNXGraph
@_exported public import ONNXInference
@_exported public import ONNXJSON
@_exported public import ONNXTensors
@_exported public import ONNXTokenization
