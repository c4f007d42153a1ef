// SPDX-License-Identifier: Apache-2.0

/// An error about something from outside: a file, an argument, a tensor, a text.
///
/// `code` is stable and meant for programs. `message` is one or two sentences meant for people: what is wrong,
/// where, the numbers, and what to do. Layers add what only they know with ``adding(_:)``.
///
///     let error = ONNXError(
///         "model.not_found", "There is no model.onnx.", context: ["folder \"models/mine\""])
///     print(error.code)  // model.not_found
///     print(error.message)  // There is no model.onnx.
///     print(error.context.count)  // 1
///     print(error)  // error[model.not_found]: There is no model.onnx. (in folder "models/mine")
public struct ONNXError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable, dotted name of a kind of failure, such as `external_data.truncated`.
    ///
    /// Codes are compared with literals; the most asked for have constants, such as ``chatBusy``.
    ///
    ///     let code: ONNXError.Code = "chat.busy"
    ///     print(code == .chatBusy)  // true
    ///     print(ONNXError.Code(rawValue: "prompt.too_long") == .promptTooLong)  // true
    ///     print(code.rawValue.hasPrefix("chat."))  // true
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible,
        ExpressibleByStringLiteral
    {
        /// The name, such as `external_data.truncated`.
        public let rawValue: String

        /// A code of this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A code written as a literal: `error.code == "chat.busy"`.
        public init(stringLiteral value: String) { self.rawValue = value }

        /// The name itself.
        public var description: String { rawValue }
    }

    /// What kind of failure it is; the same in every version.
    public let code: Code
    /// What is wrong, where, the numbers, and what to do.
    public let message: String

    /// Where it happened, innermost first: `node "/model/layers.3/attn"`, `file "model.onnx"`.
    public private(set) var context: [String]

    /// An error with its code, its message for people, and where it happened, innermost first.
    public init(_ code: Code, _ message: String, context: [String] = []) {
        self.code = code
        self.message = message
        self.context = context
    }

    /// The same error with one more place, from a layer further out.
    ///
    ///     let error = ONNXError("tensor.size", "3 values do not fill shape [2, 2].")
    ///     print(error.adding("input \"x\"").context)  // ["input \"x\""]
    public func adding(_ place: String) -> ONNXError {
        var copy = self
        copy.context.append(place)
        return copy
    }

    /// `error[code]: message (in place, in place)`, on one line.
    public var description: String {
        let places = context.isEmpty ? "" : " (in \(context.joined(separator: ", in ")))"
        return "error[\(code)]: \(message)\(places)"
    }
}
