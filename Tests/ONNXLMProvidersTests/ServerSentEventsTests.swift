// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXLMProviders
    import Testing

    @Suite struct ServerSentEventsTests {
        /// The examples of the specification, and what it says of ends of lines and of the end of the stream.
        static let cases: [(String, [String])] = [
            ("data: YHOO\ndata: +2\ndata: 10\n\n", ["message|YHOO\n+2\n10"]),
            (
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
                ["message|first event", "message|second event", "message| third event"]
            ),
            ("data\n\ndata\ndata\n\ndata:", ["message|", "message|\n"]),
            ("data:test\n\ndata: test\n\n", ["message|test", "message|test"]),
            ("event: add\ndata: 1\n\ndata: 2\n\n", ["add|1", "message|2"]),
            ("data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["message|a", "message|b", "message|c"]),
            ("\u{FEFF}data: a\n\n", ["message|a"]),
            ("event: lost\n\ndata: kept: colon\nretry: 10\nunknown: x\n\n", ["message|kept: colon"]),
            ("data: not ended\n", []), ("data: é€😀\n\n", ["message|é€😀"]), ("", []), ("\n\n\n", []),
        ]

        @Test(arguments: cases) func everyCutGivesTheSameEvents(_ text: String, _ expected: [String]) throws {
            let bytes = Array(text.utf8)
            for size in 1...max(1, bytes.count) {
                var parser = ServerSentEventParser()
                var events: [String] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let part = Array(bytes[start..<min(bytes.count, start + size)])
                    events += try parser.read(part).map { "\($0.name)|\($0.data)" }
                }
                #expect(events == expected, "in parts of \(size)")
            }
        }

        @Test func anEventHasALimit() throws {
            for line in [
                "data: " + String(repeating: "a", count: 200),
                String(repeating: "data: aaaaaaaaaa\n", count: 20),
            ] {
                var parser = ServerSentEventParser(byteLimit: 100)
                let error = #expect(throws: ONNXError.self) { try parser.read(Array(line.utf8)) }
                #expect(error?.code == "sse.too_large")
            }
        }
    }
#endif
