// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGGUFImport
import Testing

@Suite struct GGUFFileTests {
    /// A file that must be refused, and the code of the refusal.
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let code: ONNXError.Code
        let change: @Sendable (inout GGUFBytes) -> Void

        init(
            _ name: String, _ code: ONNXError.Code, _ change: @escaping @Sendable (inout GGUFBytes) -> Void
        ) {
            self.name = name
            self.code = code
            self.change = change
        }

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row("bad magic", "gguf.magic") { $0.magic = Array("GGML".utf8) },
        Row("version 0", "gguf.version") { $0.version = 0 },
        Row("version 1", "gguf.version") { $0.version = 1 },
        Row("a later version", "gguf.version") { $0.version = 4 },
        Row("big-endian", "gguf.big_endian") { $0.version = UInt32(3).byteSwapped },
        Row("more tensors than bytes", "gguf.count") { $0.tensorCount = 1 << 40 },
        Row("tensors beyond 63 bits", "gguf.count") { $0.tensorCount = .max },
        Row("metadata beyond the file", "gguf.count") { $0.metadataCount = 1 << 50 },
        Row("one tensor too many", "gguf.truncated") { $0.tensorCount = 22 },
        Row("duplicate key", "gguf.duplicate_key") { $0.add("general.architecture", "llama") },
        Row("duplicate tensor", "gguf.duplicate_tensor") {
            $0.tensor("output_norm.weight", [1], floats: [1])
        },
        Row("alignment 0", "gguf.alignment") { $0.add("general.alignment", UInt32(0)) },
        Row("alignment 12", "gguf.alignment") { $0.add("general.alignment", UInt32(12)) },
        Row("alignment in words", "gguf.alignment") { $0.add("general.alignment", "32") },
        Row("unknown value type", "gguf.value_type") { $0.add("x", raw: 13, [0]) },
        Row("list of lists", "gguf.value_type") {
            $0.add("x", raw: 9, GGUFBytes.number(UInt32(9)) + GGUFBytes.number(UInt64(0)))
        },
        Row("list longer than the file", "gguf.truncated") {
            $0.add("x", raw: 9, GGUFBytes.number(UInt32(0)) + GGUFBytes.number(UInt64(1) << 40))
        },
        Row("string longer than the file", "gguf.truncated") {
            $0.add("x", raw: 8, GGUFBytes.number(UInt64(1) << 62))
        },
        Row("string beyond 63 bits", "gguf.count") { $0.add("x", raw: 8, GGUFBytes.number(UInt64.max)) },
        Row("string that is not UTF-8", "gguf.utf8") {
            $0.add("x", raw: 8, GGUFBytes.number(UInt64(2)) + [0xc3, 0x28])
        },
        Row("boolean 2", "gguf.value") { $0.add("x", raw: 7, [2]) },
        Row("rank 5", "gguf.dimensions") { $0.tensor("x", [1, 1, 1, 1, 1], floats: [1]) },
        Row("dimensions that overflow", "gguf.dimensions") {
            $0.tensor("x", [1 << 32, 1 << 32], floats: [1])
        },
        Row("bytes that overflow", "gguf.dimensions") { $0.tensor("x", [1 << 62], floats: [1]) },
        Row("dimension beyond 63 bits", "gguf.count") { $0.tensor("x", [.max], floats: [1]) },
        Row("row of half a block", "gguf.dimensions") {
            $0.tensor("x", [16, 2], type: 8, bytes: [UInt8](repeating: 0, count: 34))
        },
        Row("misaligned offset", "gguf.tensor_offset") {
            $0.tensor("x", [1], bytes: [0, 0, 0, 0], offset: 4)
        },
        Row("offset beyond the file", "gguf.truncated") {
            $0.tensor("x", [1], bytes: [0, 0, 0, 0], offset: 1 << 40)
        },
        Row("offset near the largest number", "gguf.tensor_offset") {
            $0.tensor("x", [1], bytes: [0, 0, 0, 0], offset: UInt64(Int.max) / 32 * 32)
        },
        Row("data beyond the file", "gguf.truncated") { $0.tensor("x", [1 << 20], floats: [1]) },
    ]

    @Test(arguments: rows) func refuses(_ row: Row) throws {
        var file = GGUFBytes.tinyLlama()
        row.change(&file)
        let folder = try TemporaryFolder()
        let path = try folder.file("bad.gguf", file.bytes)
        let error = #expect(throws: ONNXError.self) { try GGUFFile(path: path) }
        #expect(error?.code == row.code, "\(error?.description ?? "no error")")
    }

    @Test(arguments: 0..<64) func refusesTruncated(part: Int) throws {
        let bytes = GGUFBytes.tinyLlama().bytes
        let folder = try TemporaryFolder()
        let path = try folder.file("short.gguf", Array(bytes.prefix(bytes.count * part / 64)))
        let error = #expect(throws: ONNXError.self) { try GGUFFile(path: path) }
        let codes: [ONNXError.Code] = ["gguf.truncated", "gguf.count"]
        #expect(error.map { codes.contains($0.code) } == true, "\(error?.description ?? "no error")")
    }

    @Test(arguments: [2, 3]) func reads(version: UInt32) throws {
        var bytes = GGUFBytes.tinyLlama()
        bytes.version = version
        bytes.add("a.float", Float(0.5))
        bytes.add("a.large", raw: 10, GGUFBytes.number(UInt64.max))
        let folder = try TemporaryFolder()
        let file = try GGUFFile(path: folder.file("good.gguf", bytes.bytes))
        #expect(file.version == Int(version))
        #expect(file.tensors.count == 20)
        #expect(file.tensors["blk.1.ffn_down.weight"]?.dimensions == [96, 64])
        #expect(file.metadata["llama.block_count"] == .integer(2))
        #expect(file.metadata["a.float"] == .float(0.5))
        #expect(file.metadata["a.large"] == .large(.max))
        #expect(file.metadata["tokenizer.ggml.merges"] == .strings(["a b", "\u{120} a"]))
    }

    @Test func reportsMissingFile() {
        let error = #expect(throws: ONNXError.self) { try GGUFFile(path: "/nonexistent/x.gguf") }
        #expect(error?.code == "model.not_found")
    }
}
