// SPDX-License-Identifier: Apache-2.0

/// A stretch of text on its way to ids, or an added token that was found in it.
struct TextPiece {
    var start: Int
    var end: Int
    /// The added token's id, or -1 for text.
    var id: Int32 = -1
    /// Whether the piece begins where the whole input begins.
    var isAtOrigin = false

    var isText: Bool { id < 0 }
}

/// A text cut into pieces. The pieces of text are never empty and index into `bytes`, which are UTF-8.
struct TextPieces {
    var bytes: [UInt8]
    var pieces: [TextPiece]

    /// Puts new text in the place of each piece of text, where `change` returns any.
    mutating func replaceTexts(_ change: (UnsafeBufferPointer<UInt8>, TextPiece) -> [UInt8]?) {
        var replaced: [UInt8] = []
        var isChanged = false
        var result: [TextPiece] = []
        result.reserveCapacity(pieces.count)
        bytes.withUnsafeBufferPointer { buffer in
            for (index, piece) in pieces.enumerated() {
                let source = UnsafeBufferPointer(rebasing: buffer[piece.start..<piece.end])
                let text = piece.isText ? change(source, piece) : nil
                if text != nil, !isChanged {
                    isChanged = true
                    replaced.reserveCapacity(buffer.count + 64)
                    for before in pieces[..<index] {
                        replaced.append(contentsOf: buffer[before.start..<before.end])
                    }
                    var offset = 0
                    for before in result.indices {
                        let length = result[before].end - result[before].start
                        result[before].start = offset
                        offset += length
                        result[before].end = offset
                    }
                }
                var moved = piece
                if isChanged {
                    moved.start = replaced.count
                    if let text {
                        replaced.append(contentsOf: text)
                    } else {
                        replaced.append(contentsOf: source)
                    }
                    moved.end = replaced.count
                }
                if !piece.isText || moved.end > moved.start { result.append(moved) }
            }
        }
        if isChanged { bytes = replaced }
        pieces = result
    }

    /// Cuts each piece of text; `cut` appends its parts.
    mutating func cutTexts(_ cut: (UnsafePointer<UInt8>, TextPiece, inout [TextPiece]) -> Void) {
        var result: [TextPiece] = []
        result.reserveCapacity(max(pieces.count, bytes.count / 4))
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                result = pieces
                return
            }
            for piece in pieces {
                if piece.isText { cut(base, piece, &result) } else { result.append(piece) }
            }
        }
        pieces = result
    }
}
