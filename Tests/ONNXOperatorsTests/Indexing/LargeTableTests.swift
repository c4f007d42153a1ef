// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXTensors
import Testing

/// Tables of a mapped file that are so large that their rows are read one by one: the same results as of small tables in
/// memory that have the same rows.
@Suite struct LargeTableTests {
    private static let rows = 140_000
    private static let chosen = [0, 70_001, 139_999]

    /// A file whose tables are empty but for the chosen rows, where they are those of `parts`.
    private static func tables(_ parts: [Tensor]) throws -> [Tensor] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "onnxlm-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: path) }
        try Data().write(to: path)
        let handle = try FileHandle(forWritingTo: path)
        var starts: [Int] = []
        var end = 0
        for part in parts {
            let rowByteCount = part.byteCount / chosen.count
            starts.append(end)
            for (index, row) in chosen.enumerated() {
                try handle.seek(toOffset: UInt64(end + row * rowByteCount))
                let bytes = part.withUnsafeBytes {
                    Data($0[index * rowByteCount..<(index + 1) * rowByteCount])
                }
                try handle.write(contentsOf: bytes)
            }
            end += rows * rowByteCount
        }
        try handle.close()
        let storage = MappedStorage(try MappedFile(path: path.path))
        return try zip(parts, starts).map { part, start in
            let shape = try Shape([rows] + part.shape.dimensions.dropFirst())
            return try Tensor(part.elementType, shape, storage: storage, byteOffset: start)
        }
    }

    @Test(arguments: [true, false]) func quantised(hasZeroPoints: Bool) throws {
        let parts = [noiseBytes([3, 1024]), noise([3, 128]), noiseBytes([3, 64], seed: 2)]
        let tables = try Self.tables(parts)
        #expect(TensorRows(tables[0], rowByteCount: 1024).roomByteCount == 1024)
        #expect(TensorRows(tables[1], rowByteCount: 512).roomByteCount == 512)
        #expect(TensorRows(tables[2], rowByteCount: 64).roomByteCount == 0)
        func node(_ tables: [Tensor], _ indices: [Int64]) throws -> ContributedNode {
            ContributedNode(
                name: "GatherBlockQuantized", attributes: ["bits": .int(4), "block_size": .int(16)],
                inputs: [
                    tables[0], try Tensor(indices, shape: [4]), tables[1], hasZeroPoints ? tables[2] : nil,
                ],
                constants: hasZeroPoints ? [0, 2, 3] : [0, 2])
        }
        let expected = try #require(try node(parts, [2, 0, 1, -1]).run()[0])
        let given = try #require(try node(tables, [139_999, 0, 70_001, -1]).run()[0])
        #expect(try given.values(as: Float.self) == expected.values(as: Float.self))
    }

    @Test func floats() throws {
        let part = noise([3, 256])
        let table = try #require(try Self.tables([part]).first)
        let given = try #require(
            try ContributedNode(
                name: "Gather", domain: "", inputs: [table, try Tensor([Int64(70_001), -1, 0], shape: [3])],
                version: 13
            ).run()[0])
        let values = try part.values(as: Float.self)
        #expect(try given.values(as: Float.self) == Array(values[256...] + values[..<256]))
    }

    @Test func aFileThatBecameShorterIsNotReadToItsOldEnd() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "onnxlm-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: path) }
        try Data([1, 2, 3, 4]).write(to: path)
        let file = try MappedFile(path: path.path)
        var bytes = [UInt8](repeating: 0, count: 3)
        #expect(bytes.withUnsafeMutableBytes { file.read(offset: 1, into: $0) })
        #expect(bytes == [2, 3, 4])
        #expect(bytes.withUnsafeMutableBytes { !file.read(offset: 2, into: $0) })
        let handle = try FileHandle(forWritingTo: path)
        try handle.truncate(atOffset: 2)
        try handle.close()
        #expect(bytes.withUnsafeMutableBytes { !file.read(offset: 1, into: $0) })
        #expect(!file.isWhole)
    }
}
