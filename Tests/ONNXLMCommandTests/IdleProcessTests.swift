// SPDX-License-Identifier: Apache-2.0
#if os(Linux)
    import Foundation
    import ONNXTestSupport
    import Testing

    /// A process with a loaded model that has answered and waits: it uses no processor time and no threads but its own.
    @Suite(.enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
    struct IdleProcessTests {
        @Test func aWaitingChatUsesNoTime() throws {
            let process = Process()
            let input = Pipe()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: try #require(TestEnvironment.command))
            process.arguments = [
                "chat", Fixtures.models + "/0.18.0-llama-int4", "--threads", "2", "--max-tokens", "8",
                "--no-cache",
            ]
            process.environment = ProcessInfo.processInfo.environment.filter {
                $0.key != "OPENBLAS_NUM_THREADS"
            }
            process.standardInput = input
            process.standardOutput = output
            process.standardError = output
            try process.run()
            defer {
                try? input.fileHandleForWriting.close()
                process.waitUntilExit()
            }
            try input.fileHandleForWriting.write(contentsOf: Data("hello\n".utf8))
            // The answer, or the prompt before it.
            let first = output.fileHandleForReading.availableData
            #expect(!first.isEmpty && process.isRunning)

            // Other tests load the machine, so an answer may take its time; spinning would never end.
            var least = Int.max
            for _ in 0..<40 where least > 1 {
                let before = try processorTicks(process.processIdentifier)
                Thread.sleep(forTimeInterval: 1)
                least = try processorTicks(process.processIdentifier) - before
            }
            #expect(least <= 1, "an idle process used \(least) hundredths of a second in a second")
            #expect(try processorTicks(process.processIdentifier) > 0)
            // The main thread, one worker, the thread that generates, and those of Foundation.
            #expect(try threads(process.processIdentifier) <= 6)
        }

        /// User and system time in hundredths of a second.
        private func processorTicks(_ id: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            // The name, in parentheses, may hold spaces.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            try #require(fields.count > 12)
            return try #require(Int(fields[11])) + #require(Int(fields[12]))
        }

        private func threads(_ id: Int32) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task").count
        }
    }
#endif
