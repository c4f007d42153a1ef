// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder for one test, which goes with this value.
package final class ScratchFolder: Sendable {
    package let path: String

    package init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("onnxlm-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and makes the folders that it stands in.
    @discardableResult
    package func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    @discardableResult
    package func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }

    /// Copies a tiny model of the fixtures, without its oracle.
    @discardableResult
    package func copyModel(_ fixture: String, _ name: String) throws -> String {
        let target = file(name)
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.models)/\(fixture)")
        where !file.hasPrefix("oracle") {
            try FileManager.default.copyItem(
                atPath: "\(Fixtures.models)/\(fixture)/\(file)", toPath: "\(target)/\(file)")
        }
        return target
    }
}

/// A small disk of its own, in memory, which goes with this value. Only root can make one.
package final class SmallDisk: Sendable {
    package let path: String
    private let folder: ScratchFolder

    /// Why there can be no such disk here; nil when there can.
    package static let obstacle: String? = {
        do {
            _ = try SmallDisk(kibibytes: 64)
            return nil
        } catch {
            return "a disk in memory cannot be mounted: \(error)"
        }
    }()

    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    package init(kibibytes: Int) throws {
        folder = try ScratchFolder()
        path = folder.file("disk")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let outcome = try TestEnvironment.run(
            "/bin/mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path])
        guard outcome.status == 0 else {
            throw Refusal(description: outcome.errors.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    deinit { _ = try? TestEnvironment.run("/bin/umount", ["-l", path]) }
}
