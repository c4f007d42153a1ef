// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXPackCache

/// A folder of its own with a small cache file of known contents.
final class PackCacheFixture {
    /// Sizes that end inside a lane, a word, a block of the checksum and a page.
    static let contents: [[UInt8]] = [0, 1, 7, 64, 4096, 10_001].enumerated().map { index, count in
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
    }

    let folder: PackCacheFolder
    let path: String
    private let buffers: [Buffer]

    /// Memory that sections are written from.
    private final class Buffer {
        let bytes: UnsafeMutableRawBufferPointer

        init(_ values: [UInt8]) {
            bytes = .allocate(byteCount: values.count, alignment: 64)
            bytes.copyBytes(from: values)
        }

        deinit { bytes.deallocate() }
    }

    init(_ contents: [[UInt8]] = contents) {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        folder = PackCacheFolder(path: place.path + "/a/b")
        path = folder.file(ofModel: "/models/m.onnx", variant: [])
        buffers = contents.map { Buffer($0) }
    }

    deinit {
        let top = URL(fileURLWithPath: folder.path).deletingLastPathComponent().deletingLastPathComponent()
        try? FileManager.default.removeItem(at: top)
    }

    static func key(_ index: Int) -> PackCacheKey {
        var builder = PackCacheKey.Builder()
        builder.add(index)
        return builder.key
    }

    func writer(limit: Int = 1 << 30, path: String? = nil) -> PackCacheWriter {
        PackCacheWriter(
            folder: folder, path: path ?? self.path, modelPath: "/models/m.onnx",
            sections: buffers.enumerated().map { index, buffer in
                PackCacheWriter.Section(
                    key: Self.key(index), bytes: UnsafeRawBufferPointer(buffer.bytes), owner: buffer)
            },
            byteLimit: limit)
    }

    /// The names in the folder.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Puts other bytes in the file's place, with the permissions of a cache file.
    func replace(with bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
    }

    /// The code of the error that opening gives; nil for none.
    func codeOfOpening() -> String? {
        do throws(ONNXError) {
            _ = try PackCacheFile(path: path)
            return nil
        } catch {
            return error.code.rawValue
        }
    }
}
