// SPDX-License-Identifier: Apache-2.0
#if Providers
    import ONNXErrors
    import ONNXHTTP
    import ONNXModelStore

    /// Fetches one file in parallel ranges, and makes its sum while they arrive.
    struct FileDownload: Sendable {
        let hub: HubClient
        let id: ModelID
        let commit: String
        let file: HubFile
        let output: DiskFile
        let board: DownloadBoard
        let connections: Int

        /// Fetches what is missing.
        ///
        /// - Returns: the SHA-256 sum of the whole file.
        /// - Throws: `pull.changed` when the file is not the one that was begun, `pull.size`, `pull.is_html`, `io.*`,
        ///   and what the hub refuses with.
        func run() async throws -> String {
            try output.reserve(file.byteCount)
            return try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<max(1, connections) {
                    group.addTask {
                        try await fetch()
                        return nil
                    }
                }
                group.addTask { try await summing() }
                var sum: String?
                for try await result in group { sum = result ?? sum }
                guard let sum else {
                    throw ONNXError("internal.pull", "The download of \"\(file.path)\" ended without a sum.")
                }
                return sum
            }
        }

        /// Follows the part that is there from the first byte on, and sums it.
        private func summing() async throws -> String {
            var sum = SHA256Sum()
            var done = 0
            let pieceByteCount = 1 << 20
            while done < file.byteCount {
                try Task.checkCancellation()
                let end = await board.landed.prefixEnd
                guard end > done else {
                    try await Task.sleep(for: .milliseconds(5))
                    continue
                }
                while done < end {
                    try Task.checkCancellation()
                    let count = try add(min(pieceByteCount, end - done), at: done, to: &sum)
                    guard count > 0 else {
                        throw ONNXError(
                            "io.failed", "\"\(output.path)\" became shorter while it was written.")
                    }
                    done += count
                    await Task.yield()
                }
            }
            return sum.text
        }

        private func add(_ count: Int, at offset: Int, to sum: inout SHA256Sum) throws(ONNXError) -> Int {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
            defer { buffer.deallocate() }
            let read = try output.read(at: offset, into: buffer)
            sum.add(UnsafeRawBufferPointer(rebasing: buffer.prefix(read)))
            return read
        }

        /// Fetches parts until none is left, and tries again what fails in passing.
        private func fetch() async throws {
            while await !board.isComplete {
                try Task.checkCancellation()
                guard let (ticket, range) = await board.claim() else {
                    // A part that somebody else has may come back.
                    try await Task.sleep(for: .milliseconds(10))
                    continue
                }
                do {
                    try await fetch(range, ticket)
                    await board.release(ticket)
                } catch {
                    await board.release(ticket)
                    let failures = await board.fail()
                    guard PullPatience.isPassing(error), failures < hub.patience.attempts else {
                        throw PullPatience.told(error)
                    }
                    try await Task.sleep(for: hub.patience.pause(after: failures, error))
                }
            }
        }

        private func fetch(_ range: Range<Int>, _ ticket: Int) async throws {
            let address = await board.address
            let response = try await hub.open(file, of: id, commit: commit, at: address, range: range)
            switch response.status {
            case 206: try checkRange(response, range)
            case 200: break
            case 416:
                throw changed("it ends before byte \(range.lowerBound)")
            case 401, 403, 404, 410:
                // An address that the hub gave us ends after some time; the hub gives a new one.
                if address != nil {
                    throw ONNXError("pull.expired", "The address of \"\(file.path)\" has expired.")
                }
                fallthrough
            default:
                throw PullPatience.Refused(
                    error: hub.refusal(response, for: id, "\"\(file.path)\""),
                    retryAfter: PullPatience.retryAfter(response))
            }
            try await check(response)
            await board.remember(address: response.url)
            guard response.status == 200 else {
                return try await write(response, from: range.lowerBound, to: range.upperBound)
            }
            // The server does not know ranges: one task reads the whole file, and the others wait.
            if response.mediaType == "text/html", !file.path.hasSuffix(".html") {
                throw ONNXError(
                    "pull.is_html",
                    "\(HTTPAddress.place(response.url)) answers with a web page instead of the file.")
            }
            if let length = response.headers["content-length"], Int(length) != file.byteCount {
                throw ONNXError(
                    "pull.size",
                    "\"\(file.path)\" has \(length.prefix(20)) bytes at \(HTTPAddress.place(response.url)); the hub's list says \(file.byteCount)."
                )
            }
            guard await board.becomeSequential(ticket) else { return }
            do {
                try await write(response, from: 0, to: file.byteCount)
                await board.endSequence(ticket)
            } catch {
                await board.endSequence(ticket)
                throw error
            }
        }

        /// Compares `Content-Range` with what was asked for.
        private func checkRange(_ response: HTTPResponse, _ range: Range<Int>) throws {
            let field = response.headers["content-range"] ?? ""
            let parts = field.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "/" })
            guard parts.count == 4, parts[0].lowercased() == "bytes", let first = Int(parts[1]),
                let last = Int(parts[2]), let total = Int(parts[3])
            else {
                throw ONNXError(
                    "pull.range",
                    "The server does not say which bytes of \"\(file.path)\" it sends: \"\(field.prefix(60))\"."
                )
            }
            guard total == file.byteCount else {
                throw changed("it has \(total) bytes instead of \(file.byteCount)")
            }
            guard first == range.lowerBound, last >= first, last < range.upperBound else {
                throw ONNXError(
                    "pull.range",
                    "The server sends the bytes \(first)-\(last) of \"\(file.path)\" instead of \(range.lowerBound)-\(range.upperBound - 1)."
                )
            }
        }

        private func check(_ response: HTTPResponse) async throws {
            if let coding = response.headers["content-encoding"], coding.lowercased() != "identity" {
                throw ONNXError(
                    "pull.encoding",
                    "The server sends \"\(file.path)\" encoded as \(coding.prefix(20)), so that its bytes cannot be counted."
                )
            }
            if let told = response.headers["x-repo-commit"], told != commit {
                throw changed("it is of commit \(told.prefix(40)) instead of \(commit.prefix(40))")
            }
            guard await board.accepts(entityTag: response.headers["etag"]) else {
                throw changed("its version is now \((response.headers["etag"] ?? "").prefix(80))")
            }
        }

        private func changed(_ how: String) -> ONNXError {
            ONNXError(
                "pull.changed", "\"\(file.path)\" has changed on the server since its download began: \(how)."
            )
        }

        /// Writes the bytes of a response to their places.
        private func write(_ response: HTTPResponse, from start: Int, to end: Int) async throws {
            var position = start
            for try await part in response.body {
                try Task.checkCancellation()
                guard position + part.count <= end else {
                    throw ONNXError(
                        "pull.size", "The server sends more bytes of \"\(file.path)\" than there should be.")
                }
                let range = position..<position + part.count
                for gap in await board.landed.gaps(in: range) {
                    let bytes = part[(gap.lowerBound - position)..<(gap.upperBound - position)]
                    try output.write(Array(bytes), at: gap.lowerBound)
                    await board.add(gap)
                }
                position = range.upperBound
            }
            guard position == end else {
                throw ONNXError(
                    "http.closed", "The answer for \"\(file.path)\" ended at byte \(position) of \(end).")
            }
        }
    }
#endif
