// SPDX-License-Identifier: Apache-2.0
#if Providers
    import Foundation
    import ONNXModelHub
    import ONNXModelStore
    import ONNXTestSupport
    import Testing

    /// The command, killed at random moments.
    @Suite(
        .serialized, .timeLimit(.minutes(3)),
        .enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
    struct PullKillTests {
        /// Starts the command, kills it once the wait for the moment returns unless it ends before, and gives its
        /// status.
        private func run(
            _ arguments: [String], _ environment: [String: String],
            killAfter wait: (@Sendable (Process) -> Void)? = nil
        ) async throws -> Int32 {
            let command = try #require(TestEnvironment.command)
            return try await TestEnvironment.aside {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: command)
                process.arguments = arguments
                process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                if let wait {
                    wait(process)
                    kill(process.processIdentifier, SIGKILL)
                }
                process.waitUntilExit()
                return process.terminationReason == .uncaughtSignal
                    ? -process.terminationStatus : process.terminationStatus
            }
        }

        @Test func twoHundredKillsEachFollowedByAResume() async throws {
            let hub = try await LoopbackHub.start(padding: 500_000)
            defer { hub.stop() }
            hub.trickle(8192, every: .milliseconds(5))
            let fixture = try PullFixture(hub)
            let environment = [
                "ONNXLM_MODELS": fixture.store.root, "HF_ENDPOINT": hub.endpoint,
                "HF_HOME": fixture.scratch.file("hf"), "ONNXLM_CACHE_DIR": fixture.scratch.file("cache"),
            ]
            let target = fixture.store.folder(of: try ModelID("acme/tiny"))
            var random = SystemRandomNumberGenerator()
            var kills = 0
            var completions = 0
            var resumes = 0
            var before = 0
            while kills < 200 {
                // Half of them at any time since the start, the others when some more bytes have gone out: on a busy
                // machine the former may all come before the first byte.
                let microseconds = UInt32.random(in: 20_000...220_000, using: &random)
                let byteCount = hub.sentByteCount + Int.random(in: 1...600_000, using: &random)
                let isByTime = kills.isMultiple(of: 2)
                let status = try await run(["pull", "acme/tiny"], environment) { process in
                    if isByTime {
                        usleep(microseconds)
                    } else {
                        while hub.sentByteCount < byteCount, process.isRunning { usleep(500) }
                    }
                }
                if status == -SIGKILL {
                    kills += 1
                } else {
                    try #require(status == 0)
                }
                guard Disk.entry(target) != nil else {
                    try fixture.expectNothingHalf()
                    let done = PartialModel(beside: target)?.progress.done ?? 0
                    if before > 0, done > before { resumes += 1 }
                    before = done
                    continue
                }
                // It has its name, so it is whole, even if the process was killed just then.
                let model = try fixture.store.model("acme/tiny")
                #expect(try ModelVerification(model).items.allSatisfy { $0.verdict == .intact })
                completions += 1
                if before > 0 { resumes += 1 }
                before = 0
                try fixture.store.remove(model)
            }
            #expect(try await run(["pull", "acme/tiny"], environment) == 0)
            try fixture.expectWhole()
            #expect(completions > 0)
            #expect(resumes > 15)
            print(
                "200 kills, \(resumes) resumes that got further or to the end, \(completions) downloads completed between them"
            )
        }

        @Test func interruptingLeavesAStateAndSaysSo() async throws {
            let hub = try await LoopbackHub.start(padding: 2_000_000)
            defer { hub.stop() }
            hub.trickle(8192, every: .milliseconds(20))
            let fixture = try PullFixture(hub)
            let errors = fixture.scratch.file("errors")
            try Data().write(to: URL(fileURLWithPath: errors))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try #require(TestEnvironment.command))
            process.arguments = ["pull", "acme/tiny"]
            process.environment = ProcessInfo.processInfo.environment.merging([
                "ONNXLM_MODELS": fixture.store.root, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": "hf_verysecret",
            ]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
            try process.run()
            while hub.sentByteCount < 400_000, process.isRunning {
                try await Task.sleep(for: .milliseconds(10))
            }
            let started = Date()
            process.interrupt()
            process.waitUntilExit()
            #expect(Date().timeIntervalSince(started) < 5)
            #expect(process.terminationStatus == 130)
            let text = try String(contentsOfFile: errors, encoding: .utf8)
            #expect(text.contains("onnxlm pull acme/tiny\" goes on from there"), "\(text)")
            #expect(!text.contains("verysecret"))
            #expect(try fixture.store.model("acme/tiny").place == .partial)
        }
    }
#endif
