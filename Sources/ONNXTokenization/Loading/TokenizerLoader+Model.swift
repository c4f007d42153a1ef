// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXJSON

extension TokenizerLoader {
    mutating func readModel(_ reader: inout JSONReader) throws(ONNXError) {
        var mergesAt: JSONReader.Mark?
        try reader.beginObject()
        while try reader.nextKey() {
            if reader.keyEquals("vocab") {
                switch try reader.peek() {
                case .object: try readVocabulary(&reader)
                case .array: try readPieces(&reader)
                default: try reader.skipValue()
                }
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

    mutating func readVocabulary(_ reader: inout JSONReader) throws(ONNXError) {
        let table = TokenTable(expectedCount: 200_000, expectedBytes: 2 << 20)
        let limits = limits
        try reader.beginObject()
        while try reader.nextKey() {
            let id = try reader.readInt()
            guard id >= 0, id < limits.idBound else {
                throw ONNXError(
                    "tokenizer.bad_id",
                    "token \"\(reader.key)\" has the id \(id), ids must lie in 0..<\(limits.idBound)")
            }
            try reader.withKey { (key) throws(ONNXError) in
                try Self.append(key, id: id, to: table, limits: limits)
            }
        }
        try Self.index(table)
        tokens = table
    }

    /// Adds a token whose id lies within the limit. ``index(_:)`` must follow the last one.
    static func append(
        _ token: UnsafeBufferPointer<UInt8>, id: Int, to table: TokenTable, limits: TokenizerLimits
    ) throws(ONNXError) {
        guard table.count < limits.tokens else {
            throw ONNXError("tokenizer.too_large", "the vocabulary has more than \(limits.tokens) tokens")
        }
        guard token.count <= limits.tokenBytes else {
            throw ONNXError(
                "tokenizer.too_large",
                "token \(id) has \(token.count) bytes, the limit is \(limits.tokenBytes)")
        }
        guard table.append(token, id: id) else {
            throw ONNXError(
                "tokenizer.duplicate_id",
                "token \"\(String(decoding: token, as: UTF8.self))\" has the id \(id) of another token")
        }
    }

    /// Makes the tokens of a table known by their bytes.
    ///
    /// - Throws: `tokenizer.duplicate_token`.
    static func index(_ table: TokenTable) throws(ONNXError) {
        guard let twice = table.index() else { return }
        let token = table.bytes(of: twice).map { String(decoding: $0, as: UTF8.self) } ?? ""
        throw ONNXError(
            "tokenizer.duplicate_token", "token \"\(token)\" stands twice in the vocabulary")
    }

    private mutating func readMerges(_ reader: inout JSONReader) throws(ONNXError) {
        guard let tokens else { return }
        mergesAffix = affix(Self.prefixName)
        var list = MergeList(tokens)
        var both: [UInt8] = []
        try reader.beginArray()
        while try reader.nextElement() {
            let count = list.count
            guard count < limits.merges else {
                throw ONNXError("tokenizer.too_large", "there are more than \(limits.merges) merges")
            }
            if try reader.peek() == .array {
                try Self.readPair(&reader, into: &list)
                continue
            }
            both.removeAll(keepingCapacity: true)
            both.append(contentsOf: try reader.readStringBytes())
            if both.starts(with: "#version".utf8) { continue }
            let split = try Self.splitPair(&both, number: count)
            list.append(both, split: split)
        }
        merges = try list.table(prefixLength: affix(Self.prefixName).count)
    }

    private static func readPair(_ reader: inout JSONReader, into list: inout MergeList) throws(ONNXError) {
        var parts = 0
        try reader.beginArray()
        while try reader.nextElement() {
            list.append(part: try reader.readStringBytes())
            parts += 1
            if parts == 1 { list.split() }
        }
        guard parts == 2 else {
            throw ONNXError("tokenizer.bad_merge", "merge \(list.count + 1) has \(parts) parts instead of 2")
        }
        list.end()
    }

    /// Takes the space out of `left right` and returns where the right part begins.
    static func splitPair(_ both: inout [UInt8], number: Int) throws(ONNXError) -> Int {
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
}
