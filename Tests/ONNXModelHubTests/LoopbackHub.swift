// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXHTTP
    import ONNXHTTPTestSupport
    import ONNXModelHub
    import ONNXModelStore
    import ONNXTestSupport
    import Synchronization

    /// A hub on this machine, with one repository, that answers as the interface's documentation says: large files by a
    /// redirect to a second server, which knows ranges. A fault can take over any answer.
    final class LoopbackHub: Sendable {
        static let repository = "acme/tiny"

        /// Answers a request for bytes itself and says so, or leaves it to the hub.
        typealias Fault = @Sendable (LoopbackServer.Request, LoopbackAnswer) async throws -> Bool

        struct Content: Sendable {
            var commit = String(repeating: "c", count: 40)
            /// By path in the repository.
            var files: [String: [UInt8]] = [:]
            /// What the list says instead of the truth.
            var listed: [String: (byteCount: Int, sha256: String)] = [:]
            /// Paths that are listed besides.
            var invented: [String] = []
            /// Bytes in one part of an answer, and the pause after it.
            var partByteCount = 1 << 20
            var pause: Duration = .zero
            /// Asked for before the hub itself answers, by either server.
            var fault: Fault?
        }

        private let content: Mutex<Content>
        private let hub = Mutex<LoopbackServer?>(nil)
        private let storage = Mutex<LoopbackServer?>(nil)
        private let sent = Atomic<Int>(0)
        /// Git's sum and SHA-256 by path, as long as nothing changes.
        private let sums = Mutex<[String: (git: String, sha256: String)]>([:])

        /// A hub with the files of a model in a folder of the repository.
        static func start(
            _ fixture: String = "0.18.0-llama-int4", folder: String = "", padding: Int = 0
        ) async throws -> LoopbackHub {
            let scratch = try ScratchFolder()
            let path = try scratch.copyModel(fixture, "model")
            return try await start(ofFolder: path, as: folder, padding: padding)
        }

        /// Sends answers in parts of so many bytes, with a pause after each.
        func trickle(_ partByteCount: Int, every pause: Duration) {
            change {
                $0.partByteCount = partByteCount
                $0.pause = pause
            }
        }

        /// A hub with the files of this folder.
        static func start(
            ofFolder path: String, as folder: String = "", padding: Int = 0
        ) async throws -> LoopbackHub {
            var content = Content()
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
                if name.hasSuffix(".data") {
                    bytes += (0..<padding).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
                }
                content.files[folder.isEmpty ? name : "\(folder)/\(name)"] = bytes
            }
            content.files["README.md"] = Array("about".utf8)
            content.files[".gitattributes"] = Array("x".utf8)
            let hub = LoopbackHub(content)
            try await hub.listen()
            return hub
        }

        private init(_ content: Content) { self.content = Mutex(content) }

        private func listen() async throws {
            let main = try await LoopbackServer.start { [self] in try await answer($0, $1) }
            let store = try await LoopbackServer.start { [self] in try await answerBytes($0, $1) }
            hub.withLock { $0 = main }
            storage.withLock { $0 = store }
        }

        func stop() {
            hub.withLock { $0?.stop() }
            storage.withLock { $0?.stop() }
        }

        func change(_ body: @Sendable (inout Content) -> Void) {
            content.withLock { body(&$0) }
            sums.withLock { $0 = [:] }
        }

        var files: [String: [UInt8]] { content.withLock { $0.files } }
        var endpoint: String { hub.withLock { $0?.url ?? "" } }
        var hubRequests: [LoopbackServer.Request] { hub.withLock { $0?.requests ?? [] } }
        var storageRequests: [LoopbackServer.Request] { storage.withLock { $0?.requests ?? [] } }

        /// Bytes of large files that were sent.
        var sentByteCount: Int { sent.load(ordering: .relaxed) }

        private func isLarge(_ path: String, _ bytes: [UInt8]) -> Bool {
            path.hasSuffix(".onnx") || path.hasSuffix(".data") || bytes.count > 1 << 16
        }

        private func answer(_ request: LoopbackServer.Request, _ answer: LoopbackAnswer) async throws {
            let content = content.withLock { $0 }
            let path = request.path.removingPercentEncoding ?? ""
            if path.hasPrefix("/api/models/\(Self.repository)/revision/") {
                return try await answer.send(status: 200, [:], #"{"sha": "\#(content.commit)"}"#)
            }
            if path == "/api/models/\(Self.repository)/tree/\(content.commit)" {
                return try await list(request, content, answer)
            }
            let prefix = "/\(Self.repository)/resolve/\(content.commit)/"
            guard path.hasPrefix(prefix), let bytes = content.files[String(path.dropFirst(prefix.count))]
            else {
                return try await answer.send(status: 404, [:], "not found")
            }
            if let fault = content.fault, try await fault(request, answer) { return }
            let name = String(path.dropFirst(prefix.count))
            guard isLarge(name, bytes) else {
                return try await answer.send(status: 200, ["x-repo-commit": content.commit], bytes: bytes)
            }
            let place = storage.withLock { $0?.url ?? "" }
            try await answer.send(
                status: 302,
                [
                    "location": "\(place)/bytes/\(name)?signature=secret", "x-repo-commit": content.commit,
                    "x-linked-size": "\(bytes.count)",
                ])
        }

        /// Three files a page.
        private func list(
            _ request: LoopbackServer.Request, _ content: Content, _ answer: LoopbackAnswer
        ) async throws {
            var rows: [String] = [
                "{\"type\": \"directory\", \"oid\": \"x\", \"size\": 0, \"path\": \"folder\"}"
            ]
            for (path, bytes) in content.files.sorted(by: { $0.key < $1.key }) {
                let (git, sum) = try sums(path, bytes)
                if isLarge(path, bytes) {
                    let told = content.listed[path] ?? (bytes.count, sum)
                    rows.append(
                        "{\"type\": \"file\", \"oid\": \"\(git)\", \"size\": \(told.byteCount), \"path\": \"\(path)\", \"lfs\": {\"oid\": \"\(told.sha256)\", \"size\": \(told.byteCount), \"pointerSize\": 135}}"
                    )
                } else {
                    rows.append(
                        "{\"type\": \"file\", \"oid\": \"\(git)\", \"size\": \(bytes.count), \"path\": \"\(path)\"}"
                    )
                }
            }
            for path in content.invented {
                let quoted = String(decoding: try JSONEncoder().encode(path), as: UTF8.self)
                rows.append(
                    "{\"type\": \"file\", \"oid\": \"\(String(repeating: "0", count: 40))\", \"size\": 1, \"path\": \(quoted)}"
                )
            }
            let first =
                request.target.components(separatedBy: "cursor=").dropFirst().first.flatMap { Int($0) } ?? 0
            let page = rows.dropFirst(first).prefix(3)
            var headers: HTTPFields = ["content-type": "application/json"]
            if first + 3 < rows.count {
                headers["link"] = "<\(endpoint)\(request.path)?recursive=1&cursor=\(first + 3)>; rel=\"next\""
            }
            try await answer.send(status: 200, headers, "[\(page.joined(separator: ", "))]")
        }

        private func sums(_ path: String, _ bytes: [UInt8]) throws -> (git: String, sha256: String) {
            if let known = sums.withLock({ $0[path] }) { return known }
            let scratch = try ScratchFolder()
            let file = try DiskFile(reading: scratch.write(bytes, "file"))
            let result = (git: try GitBlobSum.of(file), sha256: try SHA256Sum.of(file))
            sums.withLock { $0[path] = result }
            return result
        }

        private func answerBytes(_ request: LoopbackServer.Request, _ answer: LoopbackAnswer) async throws {
            let content = content.withLock { $0 }
            if let fault = content.fault, try await fault(request, answer) { return }
            guard let bytes = content.files[String(request.path.dropFirst("/bytes/".count))] else {
                return try await answer.send(status: 404)
            }
            try await send(bytes, request, answer)
        }

        /// Sends the range that is asked for.
        func send(
            _ bytes: [UInt8], _ request: LoopbackServer.Request, _ answer: LoopbackAnswer, tag: String = "one"
        ) async throws {
            let content = content.withLock { $0 }
            guard let range = Self.range(request, bytes.count) else {
                return try await answer.send(status: 200, ["etag": "\"\(tag)\""], bytes: bytes)
            }
            try await answer.begin(
                status: 206,
                [
                    "content-range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)",
                    "content-length": "\(range.count)", "etag": "\"\(tag)\"",
                ])
            for start in stride(from: range.lowerBound, to: range.upperBound, by: content.partByteCount) {
                let end = min(range.upperBound, start + content.partByteCount)
                try await answer.write(Array(bytes[start..<end]))
                sent.add(end - start, ordering: .relaxed)
                if content.pause > .zero { try await Task.sleep(for: content.pause) }
            }
            try await answer.end()
        }

        static func range(_ request: LoopbackServer.Request, _ count: Int) -> Range<Int>? {
            guard let field = request.headers["range"], field.hasPrefix("bytes=") else { return nil }
            let ends = field.dropFirst(6).split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] < count else { return nil }
            return ends[0]..<min(ends[1] + 1, count)
        }
    }
#endif
