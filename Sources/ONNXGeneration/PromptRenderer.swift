// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON
import ONNXTokenization

struct ChatTemplate: Sendable {}
struct PromptRenderer {
    struct SpecialTokens: Sendable {
        let beginOfSequence: String?
        let endOfSequence: String?
    }
    let model: LanguageModel
    init(_ model: LanguageModel) { self.model = model }
    static func template(of folder: ModelFolder) throws(ONNXError) -> ChatTemplate? { nil }
    func tokens(of messages: [JSONValue], tools: String?) throws(ONNXError) -> [Int] { [] }
}
