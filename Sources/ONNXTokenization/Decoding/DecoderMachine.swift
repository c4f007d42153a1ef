// SPDX-License-Identifier: Apache-2.0
import ONNXJSON

/// Runs decoder steps over tokens as they come.
///
/// Batch decoding is the same machine fed to the end, so that a stream's parts always join to the batch result.
struct DecoderMachine {
    private var stages: [Stage]
    private var output: [UInt8] = []

    private struct Stage {
        let step: DecoderStep
        var isFirst = true
        /// Bytes held back until what follows decides about them.
        var held: [UInt8] = []
        var removed = 0
        /// Whether what arrives are parts of one text instead of tokens.
        var isFused = false
    }

    init(_ steps: [DecoderStep]) {
        stages = []
        var isFused = false
        for step in steps {
            stages.append(Stage(step: step, isFused: isFused))
            if step == .fuse || step == .byteLevel { isFused = true }
        }
    }

    /// Takes one token and gives the text that is certain by now, as well-formed UTF-8.
    mutating func feed(_ token: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        output.removeAll(keepingCapacity: true)
        if stages.count == 1, stages[0].step == .byteLevel {
            appendBytes(token, to: 0)
        } else {
            run(Array(token), from: 0)
        }
        return output
    }

    /// Gives what was held back.
    mutating func finish() -> [UInt8] {
        output.removeAll(keepingCapacity: true)
        for index in stages.indices { finishStage(index) }
        return output
    }

    private mutating func run(_ token: [UInt8], from index: Int) {
        guard index < stages.count else {
            output.append(contentsOf: token)
            return
        }
        switch stages[index].step {
        case .byteLevel: token.withUnsafeBufferPointer { appendBytes($0, to: index) }
        case .replace(let pattern, let content):
            run(ByteSearch.replacing(pattern, with: content, in: token), from: index + 1)
        case .replaceMatches(let expression, let content):
            run(expression.replacingMatches(with: content, in: token), from: index + 1)
        case .byteFallback:
            if let byte = Self.fallbackByte(token) {
                stages[index].held.append(byte)
            } else {
                releaseFallback(index)
                run(token, from: index + 1)
            }
        case .fuse: run(token, from: index + 1)
        case .strip(let content, let start, let stop):
            if stages[index].isFused {
                stripFused(token, content, start: start, stop: stop, at: index)
            } else {
                run(ByteSearch.stripping(content, start: start, stop: stop, in: token), from: index + 1)
            }
        case .metaspace(let mark, let dropsFirst):
            let isDropped = stages[index].isFirst && dropsFirst
            stages[index].isFirst = false
            run(ByteSearch.replacing(mark, with: isDropped ? [] : [0x20], in: token), from: index + 1)
        case .wordPiece(let prefix, let cleansUp):
            var text = token
            if !stages[index].isFirst {
                text = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
            }
            stages[index].isFirst = false
            run(cleansUp ? WordPieceCleanup.apply(to: text) : text, from: index + 1)
        case .endOfWord(let mark):
            releaseWord(mark, at: index, with: [0x20])
            stages[index].held = token
        case .connectionist(let padding, let delimiter, let cleansUp):
            guard stages[index].isFirst || token != stages[index].held else { return }
            stages[index].isFirst = false
            stages[index].held = token
            var text = ByteSearch.replacing(padding, with: [], in: token)
            if cleansUp {
                text = ByteSearch.replacing(delimiter, with: [0x20], in: WordPieceCleanup.apply(to: text))
            }
            if !text.isEmpty { run(text, from: index + 1) }
        case .spaced:
            let text = stages[index].isFirst ? token : [0x20] + token
            stages[index].isFirst = false
            run(text, from: index + 1)
        }
    }

    private mutating func finishStage(_ index: Int) {
        switch stages[index].step {
        case .byteLevel:
            guard !stages[index].held.isEmpty else { return }
            stages[index].held = []
            run([0xEF, 0xBF, 0xBD], from: index + 1)
        case .byteFallback: releaseFallback(index)
        case .endOfWord(let mark): releaseWord(mark, at: index, with: [])
        case .strip(let content, _, let stop) where stages[index].isFused:
            let held = stages[index].held
            stages[index].held = []
            run(ByteSearch.stripping(content, start: 0, stop: stop, in: held), from: index + 1)
        default: break
        }
    }

    /// Adds a token's bytes to those held back and passes on whole characters.
    private mutating func appendBytes(_ token: UnsafeBufferPointer<UInt8>, to index: Int) {
        var bytes = stages[index].held
        bytes.append(contentsOf: ByteAlphabet.unspell(token) ?? Array(token))
        var text: [UInt8] = []
        let used = LossyUTF8.decode(bytes, into: &text)
        stages[index].held = Array(bytes[used...])
        if !text.isEmpty { run(text, from: index + 1) }
    }

    /// Passes on the token that waited to be known as the last one or not.
    private mutating func releaseWord(_ mark: [UInt8], at index: Int, with space: [UInt8]) {
        let token = stages[index].held
        guard !token.isEmpty else { return }
        stages[index].held = []
        run(ByteSearch.replacing(mark, with: space, in: token), from: index + 1)
    }

    private mutating func releaseFallback(_ index: Int) {
        let bytes = stages[index].held
        guard !bytes.isEmpty else { return }
        stages[index].held = []
        if LossyUTF8.isWellFormed(bytes) {
            run(bytes, from: index + 1)
        } else {
            for _ in bytes { run([0xEF, 0xBF, 0xBD], from: index + 1) }
        }
    }

    /// Strips the ends of the joined text: the start as it comes, the end by holding back what it may take.
    private mutating func stripFused(
        _ part: [UInt8], _ content: [UInt8], start: Int, stop: Int, at index: Int
    ) {
        var text = stages[index].held + part
        stages[index].held = []
        while stages[index].removed < start, stages[index].isFirst, !text.isEmpty {
            if text.starts(with: content) {
                text.removeFirst(content.count)
                stages[index].removed += 1
            } else {
                stages[index].isFirst = false
            }
        }
        if stages[index].removed >= start { stages[index].isFirst = false }
        guard !text.isEmpty else { return }
        let kept = ByteSearch.stripping(content, start: 0, stop: stop, in: text)
        stages[index].held = Array(text[kept.count...])
        if !kept.isEmpty { run(kept, from: index + 1) }
    }

    /// The byte that a token `<0xHH>` stands for.
    private static func fallbackByte(_ token: [UInt8]) -> UInt8? {
        guard token.count == 6, token[0] == 0x3C, token[1] == 0x30, token[2] == 0x78, token[5] == 0x3E else {
            return nil
        }
        // The reference reads the two digits with a parser that also takes a plus sign.
        if token[3] == 0x2B { return hexDigit(token[4]) }
        guard let high = hexDigit(token[3]), let low = hexDigit(token[4]) else { return nil }
        return high << 4 | low
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
