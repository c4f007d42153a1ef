// SPDX-License-Identifier: Apache-2.0

/// The codes that programs ask for most. All others are compared with literals.
///
///     do {
///         _ = try await chat.respond(to: "Hello")
///     } catch let error as ONNXError where error.code == .promptTooLong {
///         try chat.reset()
///     }
extension ONNXError.Code {
    /// A conversation that is still answering was asked again.
    public static let chatBusy: ONNXError.Code = "chat.busy"

    /// A prompt has more tokens than the model's context holds.
    public static let promptTooLong: ONNXError.Code = "prompt.too_long"

    /// A folder or a file of a model is not there.
    public static let modelNotFound: ONNXError.Code = "model.not_found"

    /// A model uses an operator that this engine does not know.
    public static let unsupportedOperator: ONNXError.Code = "op.unsupported"

    /// An option lies outside what it may be.
    public static let optionOutOfRange: ONNXError.Code = "options.range"

    /// The machine has not the memory that was asked for.
    public static let insufficientMemory: ONNXError.Code = "memory.insufficient"
}
