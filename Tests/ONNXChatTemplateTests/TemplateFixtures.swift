// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON

/// The rows that `Tests/Fixtures/templates/make_template_rows.py` writes.
enum TemplateFixtures {
    static var folder: String {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures/templates"
    }

    static func rows(_ name: String, in folder: String = folder) throws -> [JSONValue] {
        let bytes = try FileBytes.read("\(folder)/\(name)", byteLimit: 1 << 30)
        return try bytes.split(separator: 0x0A).map { try JSONValue.parse(Array($0)) }
    }

    static func source(_ name: String, in folder: String = folder) throws -> String {
        String(decoding: try FileBytes.read("\(folder)/\(name)", byteLimit: 1 << 20), as: UTF8.self)
    }

    /// The settings under which the rows were made.
    static func options() -> ChatTemplate.Options {
        var options = ChatTemplate.Options()
        options.bosToken = "<s>"
        options.eosToken = "</s>"
        options.now = TemplateClock(year: 2024, month: 7, day: 26, hour: 13, minute: 5, second: 9)
        return options
    }
}

/// What a template made, or the code of its error.
enum Outcome: CustomStringConvertible {
    case text(String)
    case error(String)

    init(_ body: () throws(ONNXError) -> RenderedPrompt) {
        do throws(ONNXError) {
            self = .text(try body().text)
        } catch {
            self = .error(error.description)
        }
    }

    /// Whether it is what the reference did: the same bytes, or an error too.
    func matches(_ row: JSONValue) -> Bool {
        switch self {
        case .text(let text):
            guard let expected = row["text"]?.stringValue else { return false }
            return text.utf8.elementsEqual(expected.utf8)
        case .error: return row["text"] == nil
        }
    }

    var description: String {
        switch self {
        case .text(let text): JSONValue.string(text).jsonText()
        case .error(let error): error
        }
    }
}
