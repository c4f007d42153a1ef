// SPDX-License-Identifier: Apache-2.0
package import ONNXJSON

/// One message of a conversation.
///
///     var message = ChatMessage(.user, "Hello")
///     message.content += ", you"
///     print(message.role == .user, message.content)  // true Hello, you
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    ///
    ///     let roles: [ChatMessage.Role] = [.system, .user, .assistant, .tool, "developer"]
    ///     print(roles.map { $0.rawValue }.joined(separator: " "))  // system user assistant tool developer
    ///     print(ChatMessage.Role(rawValue: "user") == .user)  // true
    public struct Role: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
        /// The name that chat templates see.
        public let rawValue: String

        /// A role of this name, for templates that know more of them: `developer`, `ipython`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A role written as a literal.
        public init(stringLiteral value: String) { self.rawValue = value }

        /// Who sets the rules: the instructions of a session.
        public static let system: Role = "system"
        /// Who asks.
        public static let user: Role = "user"
        /// The model.
        public static let assistant: Role = "assistant"
        /// What a tool gave back.
        public static let tool: Role = "tool"
    }

    /// Who says it.
    public var role: Role
    /// What is said.
    public var content: String

    /// A message: `ChatMessage(.user, "Hello")`.
    public init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }

    /// The form in which chat templates see the message.
    package var json: JSONValue { ["role": .string(role.rawValue), "content": .string(content)] }
}
