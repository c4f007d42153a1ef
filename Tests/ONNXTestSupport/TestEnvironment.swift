// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What `make test` tells the tests: where the command, the default model and the oracles' Python are.
package enum TestEnvironment {
    /// The built command.
    package static var command: String? { value("ONNXLM_TEST_COMMAND") }

    /// The default model's folder.
    package static var defaultModel: String? { value("ONNXLM_TEST_MODEL") }

    /// A Python that has the oracles' packages.
    package static var python: String? { value("ONNXLM_TEST_PYTHON") }

    /// A variable of the environment.
    package static func value(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    /// What a process printed and how it ended.
    package struct Outcome: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
        package let seconds: Double
    }

    /// Does something that blocks on a thread of its own, so that other tests go on.
    package static func aside<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try ["in", "out", "err"].map { name in
            let url = folder.appendingPathComponent(name)
            try Data((name == "in" ? input : "").utf8).write(to: url)
            return url
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        let started = Date()
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self),
            seconds: Date().timeIntervalSince(started))
    }
}
