// SPDX-License-Identifier: Apache-2.0
import ONNXGeneration
import Testing

struct StopMatcherTests {
    /// What a search over the whole text finds.
    private func expected(_ text: String, _ stops: [String]) -> String {
        let bytes = Array(text.utf8)
        var end = bytes.count
        for stop in stops.map({ Array($0.utf8) }) {
            for start in bytes.indices where start + stop.count <= bytes.count {
                if Array(bytes[start..<start + stop.count]) == stop { end = min(end, start) }
            }
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    @Test(arguments: [
        ("Paris is it.\nUser: more", ["\nUser:"]), ("aaab", ["aab"]), ("no stop here", ["xyz"]),
        ("größer ist schöner", ["öner"]), ("ENDING", ["END", "ING"]), ("abcabcabd", ["abcabd"]), ("", ["a"]),
        ("日本語のテキスト", ["テキ"]), ("xx<|end|>yy", ["<|end|>", "|>"]),
    ])
    func anyCutGivesWhatASearchFinds(text: String, stops: [String]) {
        let characters = Array(text)
        for size in 1...max(1, characters.count) {
            var matcher = StopMatcher(stops)
            var shown = ""
            var start = 0
            while start < characters.count {
                let end = min(characters.count, start + size)
                shown += matcher.append(String(characters[start..<end]))
                start = end
            }
            if !matcher.isStopped { shown += matcher.flush() }
            #expect(shown == expected(text, stops), "pieces of \(size)")
        }
    }

    @Test func nothingOfAStopStringIsShownEarly() {
        var matcher = StopMatcher(["STOP"])
        #expect(matcher.append("go ST") == "go ")
        #expect(matcher.append("O") == "")
        #expect(matcher.append("Pnow") == "")
        #expect(matcher.isStopped)
        #expect(matcher.append("more") == "")
    }
}
