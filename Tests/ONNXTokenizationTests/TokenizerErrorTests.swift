// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTokenization
import Testing

/// Files that are not what they should be are refused with a code and never trap.
@Suite struct TokenizerErrorTests {
    static let byteLevel = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}"#

    static func file(
        vocab: String = #"{"a":0,"b":1,"ab":2}"#, merges: String = #"["a b"]"#, type: String = "BPE",
        pre: String = byteLevel, normalizer: String = "null", decoder: String = #"{"type":"ByteLevel"}"#,
        post: String = "null", added: String = "[]", more: String = ""
    ) -> String {
        #"{"added_tokens":\#(added),"normalizer":\#(normalizer),"pre_tokenizer":\#(pre),"post_processor":\#(post),"#
            + #""decoder":\#(decoder),"model":{"type":"\#(type)",\#(more)"vocab":\#(vocab),"merges":\#(merges)}}"#
    }

    static func unigram(_ vocab: String, unknown: Int = 0) -> String {
        file(vocab: vocab, merges: "[]", type: "Unigram", pre: "null", more: #""unk_id":\#(unknown),"#)
    }

    static func split(_ regex: String) -> String {
        file(pre: #"{"type":"Split","pattern":{"Regex":"\#(regex)"},"behavior":"Isolated","invert":false}"#)
    }

    /// More bytes of added tokens than are allowed, none too long by itself.
    static let longAdded: String = {
        let tokens = (0..<80).map { index in
            #"{"id":\#(300 + index),"content":"\#(String(repeating: "a", count: 60_000))\#(index)"}"#
        }
        return "[" + tokens.joined(separator: ",") + "]"
    }()

    static func load(_ text: String, limits: TokenizerLimits = .init()) throws(ONNXError) -> Tokenizer {
        let bytes = Array(text.utf8)
        let result: Result<Tokenizer, ONNXError> = bytes.withUnsafeBytes { buffer in
            do throws(ONNXError) { return .success(try Tokenizer(json: buffer, limits: limits)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    static let refused: [(String, String)] = [
        ("", "tokenizer.json"), ("{", "tokenizer.json"), ("{}", "tokenizer.invalid"),
        ("[]", "tokenizer.json"),
        ("\u{FEFF}{}", "tokenizer.json"), (String(repeating: "{\"a\":", count: 600), "tokenizer.json"),
        (file(type: "Unigram"), "tokenizer.invalid"),
        (file(type: "Nope"), "tokenizer.unsupported"),
        (unigram(#"[["a",-1],["a",-2]]"#), "tokenizer.duplicate_token"),
        (unigram(#"[["a"]]"#), "tokenizer.invalid"), (unigram(#"[["a",-1,2]]"#), "tokenizer.invalid"),
        (unigram(#"["a"]"#), "tokenizer.json"), (unigram("[]"), "tokenizer.invalid"),
        (unigram(#"[["a","b"]]"#), "tokenizer.json"),
        (unigram(#"[["a",-1]]"#, unknown: 1), "tokenizer.bad_id"),
        (unigram(#"[["a",-1]]"#, unknown: -7), "tokenizer.bad_id"),
        (unigram("[[\"\(String(repeating: "a", count: 513))\",-1]]"), "tokenizer.too_large"),
        (file(vocab: "{\"\(String(repeating: "a", count: 70_000))\":0}"), "tokenizer.too_large"),
        (
            file(added: "[{\"id\":3,\"content\":\"\(String(repeating: "a", count: 70_000))\"}]"),
            "tokenizer.too_large"
        ),
        (file(added: longAdded), "tokenizer.too_large"),
        (file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"x"}"#), "tokenizer.invalid"),
        (file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"AAAAAA=="}"#), "tokenizer.invalid"),
        (file(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"/////w=="}"#), "tokenizer.invalid"),
        (
            file(normalizer: #"{"type":"Replace","pattern":{"Regex":"a*"},"content":""}"#),
            "tokenizer.regex_unsupported"
        ),
        (file(vocab: #"{"a":0,"a":1}"#), "tokenizer.duplicate_token"),
        (file(vocab: #"{"a":0,"b":0}"#), "tokenizer.duplicate_id"),
        (file(vocab: #"{"a":-1}"#), "tokenizer.bad_id"),
        (file(vocab: #"{"a":1099511627776}"#), "tokenizer.bad_id"),
        (file(vocab: #"{"a":1.5}"#), "tokenizer.json"), (file(merges: #"["a q"]"#), "tokenizer.bad_merge"),
        (file(merges: #"["b a"]"#), "tokenizer.bad_merge"), (file(merges: #"["a"]"#), "tokenizer.bad_merge"),
        (file(merges: #"["a b c"]"#), "tokenizer.bad_merge"),
        (file(merges: #"[["a"]]"#), "tokenizer.bad_merge"),
        (file(merges: #"[["a","b","a"]]"#), "tokenizer.bad_merge"), (file(merges: "[1]"), "tokenizer.json"),
        (file(pre: #"{"type":"Nope"}"#), "tokenizer.unsupported"),
        (file(normalizer: #"{"type":"Nope"}"#), "tokenizer.unsupported"),
        (file(decoder: #"{"type":"Unheard"}"#), "tokenizer.unsupported"),
        (
            file(decoder: #"{"type":"CTC","pad_token":"","word_delimiter_token":"|","cleanup":true}"#),
            "tokenizer.invalid"
        ),
        (file(decoder: #"{"type":"BPEDecoder","suffix":""}"#), "tokenizer.invalid"),
        (file(post: #"{"type":"Nope"}"#), "tokenizer.unsupported"),
        (
            file(
                pre: #"{"type":"Split","pattern":{"Regex":"(?<=a)("},"behavior":"Isolated","invert":false}"#),
            "tokenizer.regex_unsupported"
        ),
        (split("(a)\\\\1"), "tokenizer.regex_unsupported"), (split("a(?!bc)"), "tokenizer.regex_unsupported"),
        (split("a*"), "tokenizer.regex_unsupported"), (split("[[:alpha:]]"), "tokenizer.regex_unsupported"),
        (split("\\\\p{Greek}"), "tokenizer.regex_unsupported"),
        (split("(?>ab)c"), "tokenizer.regex_unsupported"),
        (split("(?i:ss)"), "tokenizer.regex_unsupported"), (split("a{3,1}"), "tokenizer.regex_unsupported"),
        (split("(?:a{1000}){1000}"), "tokenizer.regex_unsupported"),
        (split("a)"), "tokenizer.regex_unsupported"),
        (split(String(repeating: "(?:", count: 90)), "tokenizer.regex_unsupported"),
        (split("\\\\x{110000}"), "tokenizer.regex_unsupported"),
        (split("[b-a]"), "tokenizer.regex_unsupported"),
        (file(added: #"[{"id":3,"content":""}]"#), "tokenizer.invalid"),
        (file(added: #"[{"id":-3,"content":"x"}]"#), "tokenizer.bad_id"),
        (file(added: #"[{"id":3}]"#), "tokenizer.invalid"), (file(pre: "5"), "tokenizer.invalid"),
        (file(more: #""dropout":0.5,"#), "tokenizer.unsupported"),
        (
            file(
                post:
                    #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}],"special_tokens":{}}"#
            ), "tokenizer.invalid"
        ),
    ]

    @Test(arguments: refused.indices)
    func refuses(_ index: Int) {
        let (text, code) = Self.refused[index]
        do throws(ONNXError) {
            _ = try Self.load(text)
            Issue.record("no error for \(text.prefix(200))")
        } catch {
            #expect(error.code.rawValue == code, "\(error) for \(text.prefix(200))")
        }
    }

    @Test func refusesMissingAndLargeFiles() {
        #expect(throws: ONNXError.self) { try Tokenizer(contentsOf: "/nonexistent/tokenizer.json") }
        var limits = TokenizerLimits()
        limits.fileBytes = 10
        do throws(ONNXError) {
            _ = try Self.load(Self.file(), limits: limits)
            Issue.record("no error")
        } catch {
            #expect(error.code == "tokenizer.too_large")
        }
    }

    @Test func mergesMayComeBeforeTheVocabularyAndGapsAreFine() throws {
        let text =
            #"{"model":{"merges":[["a","b"]],"vocab":{"a":0,"b":7,"ab":100}},"pre_tokenizer":\#(Self.byteLevel),"decoder":{"type":"ByteLevel"}}"#
        let tokenizer = try Self.load(text)
        #expect(try tokenizer.encode("ab") == [100])
        #expect(tokenizer.vocabularySize == 3)
        #expect(try tokenizer.decode([0, 50, 7]) == "ab")
        for id in [-1, 101, 1 << 31, Int.max, Int.min] {
            #expect(throws: ONNXError.self) { try tokenizer.decode([id]) }
        }
    }

    @Test func unencodableBytesAreLeftOutOrRefused() throws {
        let tokenizer = try Self.load(Self.file())
        #expect(try tokenizer.encode("bXa") == [1, 0])
        #expect(throws: ONNXError.self) { try tokenizer.encode("bXa", unencodable: .refuse) }
    }

    @Test(arguments: ["<0x-1>", "<0xZZ>", "<0x100>", "<0x>", "<0x+5>"])
    func oddByteTokensAreText(_ token: String) throws {
        let decoder = #"{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}"#
        let tokenizer = try Self.load(
            Self.file(
                vocab: #"{"\#(token)":0,"a":1}"#, merges: "[]", pre: "null", decoder: decoder,
                more: #""byte_fallback":true,"#))
        #expect(try tokenizer.decode([0]) == (token == "<0x+5>" ? "\u{5}" : token))
    }
}
