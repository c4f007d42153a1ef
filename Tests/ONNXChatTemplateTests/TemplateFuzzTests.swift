// SPDX-License-Identifier: Apache-2.0
import ONNXChatTemplate
import ONNXErrors
import ONNXJSON
import ONNXTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Any template with any data gives a text or an error with a code, and soon.
@Suite struct TemplateFuzzTests {
    static let seed: UInt64 = 5
    static let count = getenv("ONNXLM_DEEP") == nil ? 20_000 : 1_000_000

    /// Pieces that make mutated templates meaningful.
    static let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "for x in messages", "endfor", "if", "endif", "else",
        "set x = ",
        "messages", "[0]", "[::-1]", "[1:", "|tojson", "|length", "|join(", "|map('", "|sort", "|batch(2)",
        "(", ")",
        "'", "\"", ".", ",", "loop.index", "loop.cycle(", "range(", "namespace(", "9223372036854775807",
        "-9223372036854775808", " - 1", " * ", " // ", " % ", " ** ", " ~ ", "1e308", "0", "-1", "none",
        " in ",
        " is ", "not ", "macro m(x)", "endmacro", "m(m)", "caller()", "call m()", "raw", "endraw", ".split(",
        ".items()",
        "|replace('', ", "|indent(", "|round(", "|int", "|float", "\u{301}", "\u{1F600}", "\\u", "\\x4", "\0",
        "%s", "%-9s",
        "|truncate(", "|center(", "|slice(", ".zfill(", ".format(", "{0}", "strftime_now('%", "generation",
        "**", "*",
    ]

    static let texts: [JSONValue] = [
        nil, true, false, 0, -1, "", "a", "<|im_end|>", "\u{0}", "e\u{301}\u{1F468}\u{200D}", [], [[]], [:],
        1.5, "9",
        ["a": "b"], ["text": nil], .number(.integer(.max)), .number(.integer(.min)),
        .number(.real(1e308, literal: "1e308")),
    ]

    @Test func anythingGivesATextOrAnError() throws {
        var generator = SeededGenerator(seed: Self.seed)
        var sources = try TemplateFixtures.rows("snippets.rows.jsonl").compactMap {
            $0["template_text"]?.stringValue
        }
        for name in ["headers-with-tools", "thinking", "turns", "typescript-tools", "brackets", "chatml"] {
            let source = try TemplateFixtures.source("\(name).jinja")
            sources += Array(repeating: source, count: 20)
        }
        let variables = try JSONValue(contentsOf: TemplateFixtures.folder + "/snippets.variables.json")
            .objectValue
        var limits = TemplateLimits()
        limits.steps = 20_000
        limits.workBytes = 4 << 20
        var codes: [String: Int] = [:]
        var slowest = 0.0
        for round in 0..<Self.count {
            let source = Self.mutated(sources[Self.pick(sources.count, &generator)], &generator)
            var options = TemplateFixtures.options()
            options.variables = variables ?? JSONObject()
            options.tools = Self.value(2, &generator)
            options.addGenerationPrompt = round % 2 == 0
            if round % 16 == 1 { options.continuedMember = "content" }
            let messages = JSONValue.array(
                (0..<Self.pick(4, &generator)).map { _ in
                    [
                        "role": Self.pick(3, &generator) == 0 ? Self.value(2, &generator) : "user",
                        "content": Self.value(3, &generator),
                    ]
                })
            let seconds = processorTime {
                do throws(ONNXError) {
                    _ = try ChatTemplate(source: source, limits: limits).render(
                        messages: messages, options: options)
                    codes["text", default: 0] += 1
                } catch {
                    codes[error.code.rawValue, default: 0] += 1
                    #expect(error.code.rawValue.hasPrefix("template."), "\(error) from \(source)")
                }
            }
            slowest = max(slowest, seconds)
            #if !DEBUG
                if seconds > 2 { Issue.record("\(seconds) s for round \(round): \(source)") }
            #endif
        }
        print("seed \(Self.seed): \(codes.sorted { $0.key < $1.key }), the slowest \(slowest) s")
        #expect(codes["text", default: 0] > Self.count / 20)
        #expect(codes["template.syntax", default: 0] > Self.count / 20)
    }

    private static func pick(_ count: Int, _ generator: inout SeededGenerator) -> Int {
        Int(generator.next() % UInt64(count))
    }

    private static func mutated(_ source: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(source.utf8)
        for _ in 0..<pick(4, &generator) {
            let place = pick(bytes.count + 1, &generator)
            let end = min(bytes.count, place + pick(12, &generator))
            switch pick(6, &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: pick(bytes.count + 1, &generator))
            case 2: if place < bytes.count { bytes[place] = UInt8(pick(256, &generator)) }
            case 3: bytes.insert(contentsOf: pieces[pick(pieces.count, &generator)].utf8, at: place)
            case 4: bytes.replaceSubrange(place..<end, with: pieces[pick(pieces.count, &generator)].utf8)
            default: bytes.removeSubrange(place..<(pick(8, &generator) == 0 ? bytes.count : end))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch pick(depth > 0 ? 6 : 4, &generator) {
        case 4: return .array((0..<pick(4, &generator)).map { _ in value(depth - 1, &generator) })
        case 5:
            var object = JSONObject()
            for _ in 0..<pick(4, &generator) {
                let keys = ["type", "text", "role", "content", "name", "function", "a", ""]
                object[keys[pick(keys.count, &generator)]] = value(depth - 1, &generator)
            }
            return .object(object)
        default: return texts[pick(texts.count, &generator)]
        }
    }
}
