// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXTestSupport
import Testing

/// The cache of packed weights between processes.
@Suite(
    .serialized,
    .enabled(
        if: TestEnvironment.command != nil && TestEnvironment.defaultModel != nil,
        "needs the built command and the default model, which make test provides"))
struct CacheCommandTests {
    /// A cache folder that goes away.
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

        func names(ending: String) -> [String] { names.filter { $0.hasSuffix(ending) } }
    }

    private static let arguments = ["--tokens", "1,2,3", "--max-tokens", "4", "--ignore-eos"]

    private func run(_ folder: Folder, _ arguments: String...) throws -> TestEnvironment.Outcome {
        try TestEnvironment.run(
            #require(TestEnvironment.command), arguments, environment: ["ONNXLM_CACHE_DIR": folder.path])
    }

    private func generate(_ folder: Folder, _ more: String...) throws -> TestEnvironment.Outcome {
        try TestEnvironment.run(
            #require(TestEnvironment.command),
            ["generate", #require(TestEnvironment.defaultModel)] + Self.arguments + more,
            environment: ["ONNXLM_CACHE_DIR": folder.path])
    }

    private func start(_ folder: Folder) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(TestEnvironment.command))
        process.arguments = ["generate", try #require(TestEnvironment.defaultModel)] + Self.arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["ONNXLM_CACHE_DIR": folder.path]) {
            $1
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    @Test func withoutACacheNothingIsWritten() throws {
        let folder = Folder()
        #expect(try generate(folder, "--no-cache").status == 0)
        #expect(folder.names.isEmpty)
    }

    @Test func processesAtOnceLeaveOneFile() throws {
        let folder = Folder()
        let expected = try generate(folder, "--no-cache").output
        let processes = try (0..<3).map { _ in try start(folder) }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(folder.names(ending: ".packed").count == 1 && folder.names.count == 1)
        #expect(try generate(folder).output == expected)
    }

    @Test func whatAKilledProcessLeavesIsRemoved() throws {
        let folder = Folder()
        var wasWriting = false
        for _ in 0..<50 where !wasWriting {
            let process = try start(folder)
            while process.isRunning, folder.names(ending: ".partial").isEmpty { usleep(200) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            wasWriting = !folder.names(ending: ".partial").isEmpty
            if !wasWriting { _ = try run(folder, "cache", "clear") }
        }
        #expect(wasWriting, "no process could be killed while it wrote")
        #expect(folder.names(ending: ".packed").isEmpty)
        #expect(try generate(folder).status == 0)
        #expect(folder.names(ending: ".packed").count == 1 && folder.names.count == 1)
    }

    @Test func damageIsFoundAndCleared() throws {
        let folder = Folder()
        #expect(try generate(folder).status == 0)
        let name = try #require(folder.names.first)
        #expect(try run(folder, "cache").output.contains("model.onnx"))
        let intact = try run(folder, "cache", "verify")
        #expect(intact.status == 0 && intact.output.contains("intact"))
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: folder.path + "/" + name))
        try handle.seek(toOffset: 50_000_000)
        let byte = try #require(handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: 50_000_000)
        try handle.write(contentsOf: Data([byte ^ 1]))
        try handle.close()
        let damaged = try run(folder, "cache", "verify")
        #expect(damaged.status == 65 && damaged.errors.contains("error[cache.damaged]"))
        #expect(folder.names.isEmpty)
        #expect(try generate(folder).status == 0)
        #expect(try run(folder, "cache", "clear").status == 0)
        #expect(folder.names.isEmpty)
    }
}
