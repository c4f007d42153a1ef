// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    mutating func readModel(_ reader: inout JSONReader) throws(ONNXError) {
        var mergesAt: JSONReader.Mark?
        try reader.beginObject()
        while try reader.nextKey() {
            if reader.keyEquals("vocab") {
                guard try reader.peek() == .object else {
                    try reader.skipValue()
                    continue
                }
                try readVocabulary(&reader)
            } else if reader.keyEquals("merges") {
                if tokens != nil {
                    try readMerges(&reader)
                } else {
                    mergesAt = reader.mark
                    try reader.skipValue()
                }
            } else {
                let name = reader.key
                modelFields[name] = try reader.readValue()
            }
        }
        if let mergesAt, tokens != nil {
            let end = reader.mark
            reader.move(to: mergesAt)
            try readMerges(&reader)
            reader.move(to: end)
        }
    }

    private mutating func readVocabulary(_ reader: inout JSONReader) throws(ONNXError) {
        let table = TokenTable(expectedCount: 200_000, expectedBytes: 2 << 20)
        try reader.beginObject()
        while try reader.nextKey() {
            let id = try reader.readInt()
            guard id >= 0, id < limits.idBound else {
                throw ONNXError(
                    "tokenizer.bad_id",
                    "token \"\(reader.key)\" has the id \(id), ids must lie in 0..<\(limits.idBound)")
            }
            guard table.count < limits.tokens else {
                throw ONNXError("tokenizer.too_large", "the vocabulary has more than \(limits.tokens) tokens")
            }
            let length = reader.withKey { $0.count }
            guard length <= limits.tokenBytes else {
                throw ONNXError(
                    "tokenizer.too_large",
                    "token \(id) has \(length) bytes, the limit is \(limits.tokenBytes)")
            }
            switch reader.withKey({ table.insert($0, id: id) }) {
            case .inserted: break
            case .duplicateToken:
                throw ONNXError(
                    "tokenizer.duplicate_token", "token \"\(reader.key)\" stands twice in the vocabulary")
            case .duplicateID(let other):
                throw ONNXError(
                    "tokenizer.duplicate_id", "token \"\(reader.key)\" has the id \(other) of another token")
            }
        }
        tokens = table
    }

    private mutating func readMerges(_ reader: inout JSONReader) throws(ONNXError) {
        guard let tokens else { return }
        let table = MergeTable(expectedCount: tokens.count)
        var both: [UInt8] = []
        var count = 0
        try reader.beginArray()
        while try reader.nextElement() {
            guard count < limits.merges else {
                throw ONNXError("tokenizer.too_large", "there are more than \(limits.merges) merges")
            }
            both.removeAll(keepingCapacity: true)
            let split: Int
            if try reader.peek() == .array {
                split = try readPair(&reader, into: &both, number: count)
            } else {
                both.append(contentsOf: try reader.readStringBytes())
                if both.starts(with: Array("#version".utf8)) { continue }
                split = try Self.splitPair(&both, number: count)
            }
            let found = both.withUnsafeBufferPointer { buffer in
                (
                    left: tokens.find(UnsafeBufferPointer(rebasing: buffer[..<split])),
                    right: tokens.find(UnsafeBufferPointer(rebasing: buffer[split...])),
                    whole: tokens.find(buffer)
                )
            }
            guard found.left >= 0, found.right >= 0, found.whole >= 0 else {
                let missing = found.left < 0 ? both[..<split] : found.right < 0 ? both[split...] : both[...]
                throw ONNXError(
                    "tokenizer.bad_merge",
                    "merge \(count + 1) needs the token \"\(String(decoding: missing, as: UTF8.self))\", "
                        + "which the vocabulary lacks")
            }
            table.insert(left: found.left, right: found.right, rank: UInt32(count), merged: found.whole)
            count += 1
        }
        merges = table
    }

    private func readPair(
        _ reader: inout JSONReader, into both: inout [UInt8], number: Int
    ) throws(ONNXError) -> Int {
        var parts = 0
        var split = 0
        try reader.beginArray()
        while try reader.nextElement() {
            both.append(contentsOf: try reader.readStringBytes())
            parts += 1
            if parts == 1 { split = both.count }
        }
        guard parts == 2 else {
            throw ONNXError("tokenizer.bad_merge", "merge \(number + 1) has \(parts) parts instead of 2")
        }
        return split
    }

    /// Takes the space out of `left right` and returns where the right part begins.
    private static func splitPair(_ both: inout [UInt8], number: Int) throws(ONNXError) -> Int {
        var spaceCount = 0
        var split = 0
        for index in both.indices where both[index] == 0x20 {
            spaceCount += 1
            split = index
        }
        guard spaceCount == 1 else {
            throw ONNXError(
                "tokenizer.bad_merge", "merge \(number + 1) has \(spaceCount + 1) parts instead of 2")
        }
        both.remove(at: split)
        return split
    }

    func makeModel() throws(ONNXError) -> BPEModel {
        let type = modelFields["type"]?.stringValue ?? "BPE"
        guard type == "BPE" else { throw Self.unsupported("model type", type) }
        guard let tokens, let merges else {
            throw ONNXError("tokenizer.invalid", "the tokenizer's model lacks `vocab` or `merges`")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = modelFields[name]?.stringValue, !text.isEmpty {
                throw Self.unsupported("model setting", "\(name) = \(text)")
            }
        }
        if let dropout = modelFields["dropout"]?.doubleValue, dropout != 0 {
            throw Self.unsupported("model setting", "dropout = \(dropout)")
        }
        let unknown = modelFields["unk_token"]?.stringValue
        return BPEModel(
            tokens: tokens, merges: merges, isByteLevel: preTokenizer.isByteLevel,
            ignoresMerges: modelFields["ignore_merges"]?.boolValue ?? false,
            fusesUnknown: modelFields["fuse_unk"]?.boolValue ?? false,
            unknownID: unknown.map { tokens.find(Array($0.utf8)) } ?? -1,
            hasByteFallback: modelFields["byte_fallback"]?.boolValue ?? false)
    }
}
