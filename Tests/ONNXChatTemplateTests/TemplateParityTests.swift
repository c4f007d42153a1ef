// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON
import Testing

/// Rendered text equals that of the reference byte for byte, and fails where it fails.
@Suite struct TemplateParityTests {
    @Test func snippetsMatchTheReference() throws {
        var options = TemplateFixtures.options()
        let variables = try JSONValue(contentsOf: TemplateFixtures.folder + "/snippets.variables.json")
        options.variables = try #require(variables.objectValue)
        let rows = try TemplateFixtures.rows("snippets.rows.jsonl")
        #expect(rows.count > 200)
        for row in rows {
            let source = try #require(row["template_text"]?.stringValue)
            let outcome = Outcome { () throws(ONNXError) in
                try ChatTemplate(source: source).render(messages: [], options: options)
            }
            #expect(outcome.matches(row), "\(source) gives \(outcome) instead of \(row.jsonText())")
        }
    }

    @Test func conversationsMatchTheReference() throws {
        let rows = try TemplateFixtures.rows("conversations.rows.jsonl")
        #expect(rows.count > 200)
        for row in rows {
            let name = try #require(row["template"]?.stringValue)
            let template = try ChatTemplate(source: try TemplateFixtures.source(name))
            var options = TemplateFixtures.options()
            options.tools = row["tools"] ?? .null
            options.addGenerationPrompt = row["add_generation_prompt"]?.boolValue ?? false
            let outcome = Outcome { () throws(ONNXError) in
                try template.render(messages: row["messages"] ?? .null, options: options)
            }
            #expect(outcome.matches(row), "\(name) gives \(outcome) instead of \(row.jsonText())")
        }
    }
}
