// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// What a `tokenizer.model` of SentencePiece says.
struct SentencePieceModel {
    enum Kind: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    struct Piece {
        var text: UnsafeRawBufferPointer
        var score: Float = 0
        var kind = Kind.normal
    }

    var pieces: [Piece] = []
    var algorithm: UInt64 = 1
    var hasByteFallback = false
    var marksSpaceBehind = false
    var charsmap: [UInt8] = []
    var addsDummyPrefix = true
    var removesExtraSpaces = true
    var escapesSpaces = true
    var hasDenormalizer = false

    /// Reads the message, whose bytes must outlive the model.
    init(_ bytes: UnsafeRawBufferPointer, limits: TokenizerLimits) throws(ONNXError) {
        var fields = ProtobufFields(bytes)
        while let (number, value) = try fields.next() {
            guard case .bytes(let message) = value else { continue }
            switch number {
            case 1:
                guard pieces.count < min(limits.tokens, limits.idBound) else {
                    throw ONNXError(
                        "tokenizer.too_large",
                        "the vocabulary has more than \(min(limits.tokens, limits.idBound)) tokens")
                }
                pieces.append(try Self.piece(message))
            case 2: try readTrainer(message)
            case 3: try readNormalizer(message)
            case 5:
                var inner = ProtobufFields(message)
                while let (number, value) = try inner.next() {
                    if number == 2, case .bytes(let map) = value, !map.isEmpty { hasDenormalizer = true }
                }
            default: break
            }
        }
        guard !pieces.isEmpty else {
            throw ONNXError("tokenizer.invalid", "the tokenizer model has no pieces")
        }
    }

    /// The id of a piece by its spelling.
    func id(of text: String) -> Int? {
        pieces.firstIndex { $0.text.elementsEqual(text.utf8) }
    }

    private static func piece(_ message: UnsafeRawBufferPointer) throws(ONNXError) -> Piece {
        var piece = Piece(text: .init(start: nil, count: 0))
        var fields = ProtobufFields(message)
        while let (number, value) = try fields.next() {
            switch (number, value) {
            case (1, .bytes(let text)): piece.text = text
            case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .number(let kind)):
                guard let kind = Kind(rawValue: kind) else {
                    throw TokenizerLoader.unsupported("model", "piece of the type \(kind)")
                }
                piece.kind = kind
            default: break
            }
        }
        guard LossyUTF8.isWellFormed(Array(piece.text)), !piece.text.isEmpty, piece.score.isFinite else {
            throw ONNXError(
                "tokenizer.invalid", "a piece of the tokenizer model is empty, not UTF-8, or has no score")
        }
        return piece
    }

    private mutating func readTrainer(_ message: UnsafeRawBufferPointer) throws(ONNXError) {
        var fields = ProtobufFields(message)
        while let (number, value) = try fields.next() {
            switch (number, value) {
            case (3, .number(let value)): algorithm = value
            case (24, .number(let value)): marksSpaceBehind = value != 0
            case (35, .number(let value)): hasByteFallback = value != 0
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ message: UnsafeRawBufferPointer) throws(ONNXError) {
        var fields = ProtobufFields(message)
        while let (number, value) = try fields.next() {
            switch (number, value) {
            case (2, .bytes(let map)): charsmap = Array(map)
            case (3, .number(let value)): addsDummyPrefix = value != 0
            case (4, .number(let value)): removesExtraSpaces = value != 0
            case (5, .number(let value)): escapesSpaces = value != 0
            default: break
            }
        }
    }
}
