// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXImport
import Testing

/// Small or sparse files that ask for much memory or time: rows P07, P08, P14 and P16.
@Suite(.serialized)
struct AmplificationTests {
    /// Loads the file and checks the error, the growth of peak memory and the time.
    private func check(_ path: String, _ code: ONNXError.Code?, seconds: Int = 10) throws {
        let before = try peakResidentByteCount()
        let time = ContinuousClock().measure {
            expect(code) { () throws(ONNXError) in try ModelReader.load(path: path) }
        }
        #expect(try peakResidentByteCount() - before < 256 << 20)
        #if DEBUG
            #expect(time < .seconds(seconds * 10))
        #else
            #expect(time < .seconds(seconds))
        #endif
    }

    /// A model file whose graph consists of `count` copies of `piece`.
    private func write(_ folder: TemporaryFolder, _ piece: [UInt8], _ count: Int) throws -> String {
        let path = try folder.write(
            "model.onnx",
            Wire().number(1, 8).raw(Wire.tag(7, 2) + Wire.varint(UInt64(piece.count * count))).bytes)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        let block = Data([UInt8]((0..<10_000).flatMap { _ in piece }))
        for _ in 0..<count / 10_000 { try handle.write(contentsOf: block) }
        try handle.close()
        return path
    }

    @Test func fiftyMillionEmptyNodes() throws {
        let folder = try TemporaryFolder()
        try check(try write(folder, [0x0A, 0x00], 50_000_000), "proto.too_many")
    }

    @Test func millionsOfEmptyNames() throws {
        let folder = try TemporaryFolder()
        // One node with four million inputs without a name: 2 bytes in the file, 56 unpacked.
        let inputs = [UInt8]((0..<4_000_000).flatMap { _ in [0x0A, 0x00] as [UInt8] })
        let graph = Messages.graph(nodes: [Wire().raw(inputs).text(4, "Op").text(2, "y")])
        try check(
            try folder.write("model.onnx", Messages.model(graph: graph).bytes), "proto.budget")
    }

    @Test func graphTwentyThousandTimes() throws {
        let folder = try TemporaryFolder()
        let graph = Messages.graph()
        let bytes = (0..<20_000).reduce(into: Wire().number(1, 8).bytes) { bytes, _ in
            bytes += Wire.tag(7, 2) + Wire.varint(UInt64(graph.bytes.count)) + graph.bytes
        }
        try check(try folder.write("model.onnx", bytes), "proto.duplicate_field", seconds: 5)
    }

    @Test func documentationOfOneGibibyte() throws {
        let folder = try TemporaryFolder()
        let start = Wire().number(1, 8).raw(Wire.tag(6, 2) + Wire.varint(1 << 30))
        let path = try folder.write("model.onnx", start.bytes)
        try #require(truncate(path, off_t(start.bytes.count + 1 << 30)) == 0)
        try check(path, "proto.budget", seconds: 5)
    }

    @Test func payloadOfOneGibibyte() throws {
        let folder = try TemporaryFolder()
        // A sparse file: a model whose one tensor has 2^30 bytes of raw_data at the end of the file.
        let count = 1 << 30
        let header = Messages.tensor("w", 2, [count]).bytes
        let raw = Wire.tag(9, 2) + Wire.varint(UInt64(count))
        let tensorCount = header.count + raw.count + count
        let rest = Messages.graph(nodes: [Messages.node("Shape", ["w"], ["y"])], inputs: []).bytes
        let tensor = Wire.tag(5, 2) + Wire.varint(UInt64(tensorCount))
        let graphCount = rest.count + tensor.count + tensorCount
        let start = Wire().number(1, 8).message(8, Wire().number(2, 17))
            .raw(Wire.tag(7, 2) + Wire.varint(UInt64(graphCount)) + rest + tensor + header + raw).bytes
        let path = try folder.write("model.onnx", start)
        try #require(truncate(path, off_t(start.count + count)) == 0)
        try check(path, nil, seconds: 5)
    }
}
