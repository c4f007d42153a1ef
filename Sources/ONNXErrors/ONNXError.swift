// SPDX-License-Identifier: Apache-2.0

/// An error about something from outside: a file, an argument, a tensor, a text.
///
/// `code` is stable and meant for programs. `message` is one or two sentences meant for people: what is wrong,
/// where, the numbers, and what to do. Layers add what only they know with ``adding(_:)``.
public struct ONNXError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable, dotted name of a kind of failure, such as `external_data.truncated`.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible,
        ExpressibleByStringLiteral
    {
        /// The name, such as `external_data.truncated`.
        public let rawValue: String

        /// A code of this name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A code written as a literal: `error.code == "chat.busy"`.
        public init(stringLiteral value: String) { self.rawValue = value }

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
