// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

/// The conversation with its last message marked, and the way to cut the rendered text where that message ends.
struct TemplateContinuation {
    /// What stands behind the message's text while the template renders.
    private static let mark = "CONTINUE_FINAL_MESSAGE_TAG "
    private static let reasoningFields = ["reasoning_content", "thinking", "reasoning"]

    let messages: [JSONValue]
    private let text: String

    /// Marks the text that a field of the last message holds.
    ///
    /// - Throws: `template.continuation` where there is no such text, or the template never reads the field.
    init(_ messages: [JSONValue], field: String, source: String) throws(ONNXError) {
        guard case .object(var message)? = messages.last, let value = message[field], !value.isNull else {
            throw Self.error("The last message has no \"\(field)\" to go on with.")
        }
        var fields = [field]
        if Self.reasoningFields.contains(field) {
            fields = Self.reasoningFields.filter { message[$0] == value }
        }
        guard fields.contains(where: { TemplateText(source, isTrusted: true).find(Array($0.utf8)) != nil })
        else {
            throw Self.error("The template reads no \"\(field)\" of messages, so none can be gone on with.")
        }
        switch value {
        case .string(let string):
            text = string
            for name in fields { message[name] = .string(string + Self.mark) }
        case .array(var parts):
            guard let place = parts.lastIndex(where: { $0["text"]?.stringValue != nil }),
                case .object(var part) = parts[place], let string = part["text"]?.stringValue
            else { throw Self.error("The last message's \"\(field)\" has no text to go on with.") }
            text = string
            part["text"] = .string(string + Self.mark)
            parts[place] = .object(part)
            message[field] = .array(parts)
        default: throw Self.error("The last message's \"\(field)\" is neither a text nor a list of parts.")
        }
        self.messages = messages.dropLast() + [.object(message)]
    }

    /// The output up to the end of the marked text.
    ///
    /// - Throws: `template.continuation` where the template left the text out or changed it.
    func cut(_ output: TemplateText) throws(ONNXError) -> TemplateText {
        let mark = Array(Self.mark.utf8)
        let wanted = TemplateText(text, isTrusted: false).stripped(.both)
        guard output.find(wanted.bytes) != nil, let place = output.findLast(mark.dropLast()) else {
            throw Self.error(
                "The template leaves out or changes the last message, so it cannot be gone on with.")
        }
        let kept = output.part(0..<place)
        return output.bytes[place...].starts(with: mark) ? kept : kept.stripped(.end)
    }

    private static func error(_ message: String) -> ONNXError {
        ONNXError("template.continuation", message)
    }
}
