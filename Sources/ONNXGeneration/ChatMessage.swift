// SPDX-License-Identifier: Apache-2.0
package import ONNXJSON

/// One message of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    public struct Role: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public init(stringLiteral value: String) { self.rawValue = value }

        public static let system: Role = "system"
        public static let user: Role = "user"
        public static let assistant: Role = "assistant"
        public static let tool: Role = "tool"
    }

    public var role: Role
    public var content: String

    public init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }

    /// The form in which chat templates see the message.
    package var json: JSONValue { ["role": .string(role.rawValue), "content": .string(content)] }
}
