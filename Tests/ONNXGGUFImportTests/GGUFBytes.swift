// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Writes GGUF files for tests, right ones and wrong ones.
struct GGUFBytes {
    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var metadataCount: UInt64?
    var alignment = 32
    private var metadata: [[UInt8]] = []
    private var tensors: [[UInt8]] = []
    private var data: [UInt8] = []

    static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func string(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }

    mutating func add(_ key: String, raw type: UInt32, _ value: [UInt8]) {
        metadata.append(Self.string(key) + Self.number(type) + value)
    }

    mutating func add(_ key: String, _ value: String) { add(key, raw: 8, Self.string(value)) }

    mutating func add(_ key: String, _ value: UInt32) { add(key, raw: 4, Self.number(value)) }

    mutating func add(_ key: String, _ value: Float) { add(key, raw: 6, Self.number(value.bitPattern)) }

    mutating func add(_ key: String, _ values: [String]) {
        add(
            key, raw: 9,
            Self.number(UInt32(8)) + Self.number(UInt64(values.count)) + values.flatMap(Self.string))
    }

    mutating func add(_ key: String, _ values: [Int32]) {
        add(
            key, raw: 9,
            Self.number(UInt32(5)) + Self.number(UInt64(values.count)) + values.flatMap(Self.number))
    }

    mutating func tensor(
        _ name: String, _ dimensions: [UInt64], type: UInt32 = 0, bytes: [UInt8], offset: UInt64? = nil
    ) {
        data += [UInt8](repeating: 0, count: (alignment - data.count % alignment) % alignment)
        tensors.append(
            Self.string(name) + Self.number(UInt32(dimensions.count)) + dimensions.flatMap(Self.number)
                + Self.number(type) + Self.number(offset ?? UInt64(data.count)))
        data += bytes
    }

    mutating func tensor(_ name: String, _ dimensions: [UInt64], floats: [Float]) {
        tensor(name, dimensions, bytes: floats.flatMap { Self.number($0.bitPattern) })
    }

    var bytes: [UInt8] {
        var result = magic + Self.number(version)
        result += Self.number(tensorCount ?? UInt64(tensors.count))
        result += Self.number(metadataCount ?? UInt64(metadata.count))
        for entry in metadata + tensors { result += entry }
        result += [UInt8](repeating: 0, count: (alignment - result.count % alignment) % alignment)
        return result + data
    }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let target = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: target))
        return target
    }
}

extension GGUFBytes {
    /// A llama of two layers with hidden size 64, two heads of 32 and one key head.
    static func tinyLlama(architecture: String = "llama") -> GGUFBytes {
        architecture == "llama" ? llama : make(architecture)
    }

    private static let llama = make("llama")

    private static func make(_ architecture: String) -> GGUFBytes {
        var file = GGUFBytes()
        file.add("general.architecture", architecture)
        for (key, value) in [
            ("block_count", 2), ("context_length", 64), ("embedding_length", 64), ("feed_forward_length", 96),
            ("attention.head_count", 2), ("attention.head_count_kv", 1), ("rope.dimension_count", 32),
        ] {
            file.add("\(architecture).\(key)", UInt32(value))
        }
        file.add("\(architecture).attention.layer_norm_rms_epsilon", Float(1e-5))
        file.add("tokenizer.ggml.model", "gpt2")
        file.add("tokenizer.ggml.pre", "smollm")
        file.add("tokenizer.ggml.tokens", ["<|end|>", "a", "b", "c", "ab", "\u{120}", "\u{120}a", "d"])
        file.add("tokenizer.ggml.token_type", [3, 1, 1, 1, 1, 1, 1, 1] as [Int32])
        file.add("tokenizer.ggml.merges", ["a b", "\u{120} a"])
        file.add("tokenizer.ggml.bos_token_id", UInt32(0))
        file.add("tokenizer.ggml.eos_token_id", UInt32(0))
        file.add("tokenizer.chat_template", "{{ messages[0]['content'] }}\n")
        var state: UInt32 = 7
        func floats(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Float(Int32(bitPattern: state) >> 8) * 0x1p-23
            }
        }
        file.tensor("token_embd.weight", [64, 8], floats: floats(512))
        file.tensor("output_norm.weight", [64], floats: floats(64))
        for layer in 0..<2 {
            for (name, rows, columns) in [
                ("attn_q", 64, 64), ("attn_k", 32, 64), ("attn_v", 32, 64), ("attn_output", 64, 64),
                ("ffn_gate", 96, 64), ("ffn_up", 96, 64), ("ffn_down", 64, 96),
            ] {
                file.tensor(
                    "blk.\(layer).\(name).weight", [UInt64(columns), UInt64(rows)],
                    floats: floats(rows * columns))
            }
            for name in ["attn_norm", "ffn_norm"] {
                file.tensor("blk.\(layer).\(name).weight", [64], floats: floats(64))
            }
        }
        return file
    }
}
