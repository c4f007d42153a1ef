// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXErrors
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXModelHub
    import ONNXModelStore
    import ONNXTestSupport
    import Synchronization
    import Testing

    /// Hubs that are broken or hostile. Whatever they do, nothing half bears a final name.
    @Suite(.timeLimit(.minutes(3))) struct PullFaultTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let name: String
            /// The error; nil when the model arrives all the same.
            let code: String?
            let fault: LoopbackHub.Fault

            var testDescription: String { name }
        }

        private static func isData(_ request: LoopbackServer.Request) -> Bool {
            request.path.hasSuffix(".data")
        }

        private static func status(_ status: Int, times: Int = .max, _ field: (String, String)? = nil)
            -> LoopbackHub.Fault
        {
            let left = Mutex(times)
            return { request, answer in
                guard isData(request),
                    left.withLock({ count in
                        count -= 1
                        return count >= 0
                    })
                else { return false }
                var headers = field.map { [$0.0: $0.1] } ?? [:]
                headers["x-test"] = "1"
                var fields = HTTPFields()
                for (name, value) in headers { fields.add(name, value) }
                try await answer.send(status: status, fields, "no")
                return true
            }
        }

        static let cases = [
            Case(name: "redirects in a circle", code: "http.redirect") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(status: 302, ["location": request.target])
                return true
            },
            Case(name: "redirect to a file", code: "http.redirect") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(status: 302, ["location": "file:///etc/passwd"])
                return true
            },
            Case(name: "redirect to ftp", code: "http.redirect") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(status: 302, ["location": "ftp://127.0.0.1/x"])
                return true
            },
            Case(name: "range not satisfiable", code: "pull.changed", fault: status(416)),
            Case(name: "unauthorized", code: "pull.unauthorized", fault: status(401)),
            Case(name: "forbidden", code: "pull.unauthorized", fault: status(403)),
            Case(name: "gone", code: "pull.not_found", fault: status(404)),
            Case(name: "always busy", code: "pull.rate_limit", fault: status(429, ("retry-after", "0"))),
            Case(name: "busy at first", code: nil, fault: status(429, times: 5, ("retry-after", "0"))),
            Case(name: "out of order", code: "pull.server", fault: status(503)),
            Case(name: "out of order at first", code: nil, fault: status(503, times: 5)),
            Case(name: "no content", code: "pull.status", fault: status(204)),
            Case(name: "a web page", code: "pull.is_html") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(
                    status: 200, ["content-type": "text/html; charset=utf-8"], "<html>login</html>")
                return true
            },
            Case(name: "encoded bytes", code: "pull.encoding") { request, answer in
                guard isData(request), let range = LoopbackHub.range(request, 1 << 40) else { return false }
                try await answer.send(
                    status: 206,
                    [
                        "content-encoding": "br",
                        "content-range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(dataByteCount)",
                    ], bytes: [UInt8](repeating: 0, count: range.count))
                return true
            },
            Case(name: "another length in ranges", code: "pull.changed") { request, answer in
                guard isData(request), let range = LoopbackHub.range(request, 1 << 40) else { return false }
                try await answer.send(
                    status: 206, ["content-range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/99"],
                    bytes: [UInt8](repeating: 0, count: range.count))
                return true
            },
            Case(name: "another length in whole", code: "pull.size") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(status: 200, [:], bytes: [1, 2, 3])
                return true
            },
            Case(name: "another range than asked for", code: "pull.range") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(
                    status: 206, ["content-range": "bytes 7-16/\(dataByteCount)"],
                    bytes: [UInt8](repeating: 0, count: 10))
                return true
            },
            Case(name: "no range told", code: "pull.range") { request, answer in
                guard isData(request) else { return false }
                try await answer.send(status: 206, [:], bytes: [UInt8](repeating: 0, count: 10))
                return true
            },
            Case(name: "more bytes than told", code: "pull.size") { request, answer in
                guard isData(request), let range = LoopbackHub.range(request, dataByteCount) else {
                    return false
                }
                try await answer.begin(
                    status: 206,
                    ["content-range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(dataByteCount)"])
                try await answer.write([UInt8](repeating: 0, count: range.count + 10))
                try await answer.end()
                return true
            },
            Case(name: "another commit", code: "pull.changed") { request, answer in
                guard request.path.hasSuffix("config.json") else { return false }
                try await answer.send(status: 200, ["x-repo-commit": "other"], "{}")
                return true
            },
        ]

        private static let fixture = "0.18.0-llama-int4"
        private static let dataByteCount: Int = {
            let path = "\(Fixtures.models)/\(fixture)/model.onnx.data"
            return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }()

        @Test(arguments: cases) func faults(_ example: Case) async throws {
            let hub = try await LoopbackHub.start(Self.fixture)
            defer { hub.stop() }
            hub.change { $0.fault = example.fault }
            let fixture = try PullFixture(hub)
            guard let code = example.code else {
                try await fixture.pull()
                return try fixture.expectWhole()
            }
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code.rawValue == code, "\(error?.description ?? "")")
            #expect(error?.description.contains("signature") == false, "addresses may hold secrets")
            try fixture.expectNothingHalf()
            // The same hub in order again: what was begun is completed.
            hub.change { $0.fault = nil }
            try await fixture.pull()
            try fixture.expectWhole()
        }

        @Test(arguments: [
            "../evil", "a/../../evil", "/etc/evil", "a\\b", "a/./b", "a//b", "a\u{0}b", "a\nb", "",
            String(repeating: "x", count: 300), String(repeating: "d/", count: 600) + "x", "MODEL.onnx",
        ])
        func badNames(name: String) async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            hub.change { $0.invented = [name] }
            let fixture = try PullFixture(hub)
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "pull.bad_name")
            #expect(Disk.entry(fixture.store.root) == nil, "nothing was written")
        }

        @Test func bytesThatAreNotThePromisedOnesAreThrownAway() async throws {
            let hub = try await LoopbackHub.start(padding: 100_000)
            defer { hub.stop() }
            let count = hub.files["model.onnx.data"]?.count ?? 0
            hub.change { $0.listed["model.onnx.data"] = (count, String(repeating: "a", count: 64)) }
            let fixture = try PullFixture(hub)
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "pull.checksum")
            try fixture.expectNothingHalf()
            #expect(
                !Disk.names(in: fixture.store.root + "/acme/.tiny.incoming").contains(
                    "model.onnx.data.partial"))
            for listed in [count - 1, count + 1] {
                hub.change { $0.listed["model.onnx.data"] = (listed, String(repeating: "a", count: 64)) }
                let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
                #expect(error?.code == "pull.changed")
                try fixture.expectNothingHalf()
            }
        }

        @Test func aServerWithoutRangesSendsTheWhole() async throws {
            let hub = try await LoopbackHub.start(padding: 300_000)
            defer { hub.stop() }
            let bytes = hub.files["model.onnx.data"] ?? []
            let cuts = Mutex(3)
            hub.change {
                $0.fault = { request, answer in
                    guard Self.isData(request) else { return false }
                    let isCut = cuts.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    guard isCut else {
                        try await answer.send(status: 200, [:], bytes: bytes)
                        return true
                    }
                    try await answer.begin(status: 200, ["content-length": "\(bytes.count)"])
                    try await answer.write(Array(bytes.prefix(150_000)))
                    await answer.cut()
                    return true
                }
            }
            let fixture = try PullFixture(hub)
            try await fixture.pull()
            try fixture.expectWhole()
        }

        @Test(arguments: [1, 2, 3, 4] as [UInt64]) func cutAtRandomBytes(seed: UInt64) async throws {
            let hub = try await LoopbackHub.start(padding: 400_000)
            defer { hub.stop() }
            let bytes = hub.files["model.onnx.data"] ?? []
            let random = Mutex(seed)
            hub.change {
                $0.fault = { request, answer in
                    guard Self.isData(request), let range = LoopbackHub.range(request, bytes.count) else {
                        return false
                    }
                    let number = random.withLock { state in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return Int(state >> 33)
                    }
                    guard number % 3 != 0 else { return false }
                    try await answer.begin(
                        status: 206,
                        [
                            "content-range":
                                "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)",
                            "content-length": "\(range.count)", "etag": "\"one\"",
                        ])
                    let end = range.lowerBound + number / 3 % range.count
                    try await answer.write(Array(bytes[range.lowerBound..<end]))
                    await answer.cut()
                    return true
                }
            }
            let fixture = try PullFixture(hub)
            try await fixture.pull { $0.patience.attempts = 50 }
            try fixture.expectWhole()
        }

        @Test func aFileThatChangesBetweenTwoRanges() async throws {
            let hub = try await LoopbackHub.start(padding: 200_000)
            defer { hub.stop() }
            let bytes = hub.files["model.onnx.data"] ?? []
            let old = bytes.map { $0 ^ 0xFF }
            let count = Mutex(0)
            hub.change {
                $0.fault = { [hub] request, answer in
                    guard Self.isData(request) else { return false }
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    try await hub.send(
                        number <= 3 ? old : bytes, request, answer, tag: number <= 3 ? "old" : "new")
                    return true
                }
            }
            let fixture = try PullFixture(hub)
            try await fixture.pull { $0.connections = 1 }
            try fixture.expectWhole()
            #expect(fixture.told.contains { $0.contains("has changed on the server") })

            let flipping = try PullFixture(hub)
            hub.change {
                $0.fault = { [hub] request, answer in
                    guard Self.isData(request) else { return false }
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    try await hub.send(bytes, request, answer, tag: "\(number)")
                    return true
                }
            }
            let error = await #expect(throws: ONNXError.self) { try await flipping.pull() }
            #expect(error?.code == "pull.changed")
            try flipping.expectNothingHalf()
        }

        @Test func aRepositoryThatLacksItsDataIsToldAtOnce() async throws {
            let hub = try await LoopbackHub.start()
            defer { hub.stop() }
            hub.change { $0.files["model.onnx.data"] = nil }
            let fixture = try PullFixture(hub)
            let error = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(error?.code == "pull.incomplete")
            hub.change { $0.files["model.onnx.data"] = [1, 2, 3] }
            let short = await #expect(throws: ONNXError.self) { try await fixture.pull() }
            #expect(short?.code == "pull.incomplete")
            try fixture.expectNothingHalf()
        }

        @Test func aHubThatIsNotThere() async throws {
            let hub = try await LoopbackHub.start()
            let fixture = try PullFixture(hub)
            hub.stop()
            let error = await #expect(throws: ONNXError.self) {
                try await fixture.pull { $0.patience.attempts = 2 }
            }
            #expect(error?.code.rawValue.hasPrefix("http.") == true)
            let unknown = try PullFixture(try await LoopbackHub.start())
            defer { unknown.hub.stop() }
            let missing = await #expect(throws: ONNXError.self) { try await unknown.pull("acme/none") }
            #expect(missing?.code == "pull.not_found")
        }
    }

#endif
