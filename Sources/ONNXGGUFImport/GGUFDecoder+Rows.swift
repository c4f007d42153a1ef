// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport

/// The rows of one or several tensors of a GGUF file, one below the other.
// Safety: the pointers lie in the mapped, read-only file, which `file` keeps alive.
struct GGUFRows: @unchecked Sendable {
    private struct Part {
        let start: UnsafeRawPointer
        let type: GGUFTensorType
        let rowByteCount: Int
        let rows: Range<Int>
        /// The size of heads whose rows stand interleaved; 0 for rows in order.
        let interleavedHeadSize: Int
    }

    let columns: Int
    private(set) var count = 0
    private var parts: [Part] = []
    private let file: GGUFFile

    init(_ file: GGUFFile, columns: Int) {
        self.file = file
        self.columns = columns
    }

    /// Adds `rowCount` rows of a checked tensor.
    mutating func append(
        _ tensor: GGUFTensor, _ type: GGUFTensorType, rowCount: Int, interleavedHeadSize: Int = 0
    ) {
        parts.append(
            Part(
                start: file.bytes(of: tensor), type: type,
                rowByteCount: columns / type.blockLength * type.blockByteCount,
                rows: count..<count + rowCount, interleavedHeadSize: interleavedHeadSize))
        count += rowCount
    }

    /// The type and first byte of a row.
    ///
    /// Converters to GGUF place row `i` of the first half of a head at `2i` and that of the second at `2i + 1`;
    /// this is undone here.
    func row(_ index: Int) -> (type: GGUFTensorType, start: UnsafeRawPointer)? {
        guard let part = parts.first(where: { $0.rows.contains(index) }) else { return nil }
        var row = index - part.rows.lowerBound
        if part.interleavedHeadSize > 0 {
            let half = part.interleavedHeadSize / 2
            let inside = row % part.interleavedHeadSize
            row += inside % half * 2 + inside / half - inside
        }
        return (part.type, part.start.advanced(by: row * part.rowByteCount))
    }
}

extension GGUFDecoder {
    /// The rows of a matrix in the order that the graph asks for.
    ///
    /// - Throws: `gguf.tensor_missing`, `gguf.tensor_shape`, `gguf.tensor_type`.
    func rows(of role: MatrixRole) throws(ONNXError) -> GGUFRows {
        let (count, columns) = configuration.size(of: role)
        var rows = GGUFRows(file, columns: columns)
        func append(_ name: String, _ count: Int, interleaved: Bool = false) throws(ONNXError) {
            let (tensor, type) = try file.tensor(name, [columns, count])
            rows.append(
                tensor, type, rowCount: count,
                interleavedHeadSize: interleaved && interleavesHeads ? configuration.headSize : 0)
        }
        switch role {
        case .queryKeyValue(let layer):
            let keys = configuration.keyValueHeadCount * configuration.headSize
            let queries = configuration.headCount * configuration.headSize
            try append("blk.\(layer).attn_q.weight", queries, interleaved: true)
            try append("blk.\(layer).attn_k.weight", keys, interleaved: true)
            try append("blk.\(layer).attn_v.weight", keys)
        case .attentionOutput(let layer): try append("blk.\(layer).attn_output.weight", count)
        case .gate(let layer): try append("blk.\(layer).ffn_gate.weight", count)
        case .up(let layer): try append("blk.\(layer).ffn_up.weight", count)
        case .down(let layer): try append("blk.\(layer).ffn_down.weight", count)
        case .head:
            try append(configuration.tiesEmbeddings ? "token_embd.weight" : "output.weight", count)
        }
        return rows
    }

    /// The rows of the embedding table.
    func embeddingRows() throws(ONNXError) -> GGUFRows {
        var rows = GGUFRows(file, columns: configuration.hiddenSize)
        let (tensor, type) = try file.tensor(
            "token_embd.weight", [configuration.hiddenSize, configuration.vocabularySize])
        rows.append(tensor, type, rowCount: configuration.vocabularySize)
        return rows
    }

    /// The elements of a vector as rows of one element.
    func rows(of role: VectorRole) throws(ONNXError) -> GGUFRows {
        var rows = GGUFRows(file, columns: 1)
        func append(_ name: String, _ count: Int, interleaved: Bool = false) throws(ONNXError) {
            let (tensor, type) = try file.tensor(name, [count])
            guard type.blockLength == 1 else {
                throw ONNXError(
                    "gguf.tensor_type",
                    "Tensor \"\(name)\" is a vector stored as \(GGUFTensorType.name(of: type.rawValue)).")
            }
            rows.append(
                tensor, type, rowCount: count,
                interleavedHeadSize: interleaved && interleavesHeads ? configuration.headSize : 0)
        }
        let hidden = configuration.hiddenSize
        switch role {
        case .inputNorm(let layer): try append("blk.\(layer).attn_norm.weight", hidden)
        case .postAttentionNorm(let layer): try append("blk.\(layer).ffn_norm.weight", hidden)
        case .finalNorm: try append("output_norm.weight", hidden)
        case .queryKeyValueBias(let layer):
            let keys = configuration.keyValueHeadCount * configuration.headSize
            let queries = configuration.headCount * configuration.headSize
            try append("blk.\(layer).attn_q.bias", queries, interleaved: true)
            try append("blk.\(layer).attn_k.bias", keys, interleaved: true)
            try append("blk.\(layer).attn_v.bias", keys)
        }
        return rows
    }
}
