// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// Cuts a template's source into tokens.
///
/// White space around tags is treated as with `trim_blocks` and `lstrip_blocks`: a line break right after a block or
/// comment tag goes away, and so does the space between the start of a line and such a tag. A minus sign inside the
/// tag strips all white space on its side; a plus sign keeps it.
struct TemplateLexer {
    var source: [UInt8]
    var position = 0
    var tokens: [TemplateToken] = []
    private var lineStarting = true
    var brackets: [UInt8] = []
    private var lineCursor = 0
    private var line = 1
    private var column = 1

    init(_ text: String) {
        source = []
        source.reserveCapacity(text.utf8.count)
        var afterReturn = false
        for byte in text.utf8 {
            if byte == 0x0D {
                source.append(0x0A)
            } else if byte != 0x0A || !afterReturn {
                source.append(byte)
            }
            afterReturn = byte == 0x0D
        }
        if source.last == 0x0A { source.removeLast() }
    }

    /// The tokens of a source, ending in `.end`.
    static func tokens(of text: String) throws(ONNXError) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        try lexer.run()
        return lexer.tokens
    }

    private mutating func run() throws(ONNXError) {
        while position < source.count {
            guard let tag = nextTag() else {
                addData(position..<source.count)
                position = source.count
                break
            }
            try readTag(tag)
        }
        add(.end, at: source.count)
    }

    private func nextTag() -> Int? {
        var cursor = position
        while cursor + 1 < source.count {
            if source[cursor] == 0x7B, [0x25, 0x7B, 0x23].contains(source[cursor + 1]) { return cursor }
            cursor += 1
        }
        return nil
    }

    private mutating func readTag(_ tag: Int) throws(ONNXError) {
        let kind = source[tag + 1]
        let sign = tag + 2 < source.count && [0x2D, 0x2B].contains(source[tag + 2]) ? source[tag + 2] : 0
        addText(before: tag, sign: sign, isVariable: kind == 0x7B)
        position = tag + (sign == 0 ? 2 : 3)
        switch kind {
        case 0x23: try skipComment(from: tag)
        case 0x7B:
            add(.variableBegin, at: tag)
            try readInside(from: tag, close: 0x7D)
        default:
            if let body = rawBody() { return try readRaw(from: tag, body: body) }
            add(.blockBegin, at: tag)
            try readInside(from: tag, close: 0x25)
        }
    }

    /// Adds the text up to a tag, stripped as the tag's sign asks.
    private mutating func addText(before tag: Int, sign: UInt8, isVariable: Bool) {
        var end = tag
        if sign == 0x2D {
            end = endWithoutSpace(position..<tag)
        } else if sign != 0x2B, !isVariable {
            var start = tag
            while start > position, source[start - 1] != 0x0A { start -= 1 }
            if start > position || lineStarting, endWithoutSpace(start..<tag) == start { end = start }
        }
        addData(position..<end)
    }

    private func endWithoutSpace(_ range: Range<Int>) -> Int {
        TemplateText(source[range], isTrusted: true).stripped(.end).bytes.count + range.lowerBound
    }

    private mutating func addData(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        add(.data(String(decoding: source[range], as: UTF8.self)), at: range.lowerBound)
    }

    private mutating func skipComment(from tag: Int) throws(ONNXError) {
        var cursor = position
        while cursor + 1 < source.count, !(source[cursor] == 0x23 && source[cursor + 1] == 0x7D) {
            cursor += 1
        }
        guard cursor + 1 < source.count else {
            throw place(of: tag).error("template.syntax", "the comment that begins here has no end")
        }
        let sign = cursor > position ? source[cursor - 1] : 0
        position = cursor + 2
        endTag(strips: sign == 0x2D, keeps: sign == 0x2B, isVariable: false)
    }

    /// Goes past what a closing tag takes along.
    private mutating func endTag(strips: Bool, keeps: Bool, isVariable: Bool) {
        if strips {
            while position < source.count {
                let width = Self.width(source[position])
                let end = min(position + width, source.count)
                let text = TemplateText(source[position..<end], isTrusted: true)
                guard text.stripped(.start).isEmpty else { break }
                position = end
            }
        } else if !keeps, !isVariable, position < source.count, source[position] == 0x0A {
            position += 1
        }
        lineStarting = position > 0 && source[position - 1] == 0x0A
    }

    private static func width(_ first: UInt8) -> Int {
        first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }

    /// The start of a raw block's body where the tag at the position is `raw`.
    private func rawBody() -> (start: Int, strips: Bool)? {
        guard let end = word("raw", at: position) else { return nil }
        if end + 1 < source.count, source[end] == 0x25, source[end + 1] == 0x7D { return (end + 2, false) }
        if end + 2 < source.count, source[end] == 0x2D, source[end + 1] == 0x25, source[end + 2] == 0x7D {
            return (end + 3, true)
        }
        return nil
    }

    /// The place after white space, a word and white space.
    private func word(_ word: String, at start: Int) -> Int? {
        var cursor = start
        func skip() {
            while cursor < source.count, source[cursor] == 0x20 || (9...13).contains(source[cursor]) {
                cursor += 1
            }
        }
        skip()
        for byte in word.utf8 {
            guard cursor < source.count, source[cursor] == byte else { return nil }
            cursor += 1
        }
        skip()
        return cursor
    }

    private mutating func readRaw(from tag: Int, body: (start: Int, strips: Bool)) throws(ONNXError) {
        position = body.start
        if body.strips { endTag(strips: true, keeps: false, isVariable: false) }
        lineStarting = source[position - 1] == 0x0A
        var cursor = position
        while cursor + 1 < source.count {
            if source[cursor] == 0x7B, source[cursor + 1] == 0x25 {
                let hasSign = cursor + 2 < source.count && [0x2D, 0x2B].contains(source[cursor + 2])
                let sign = hasSign ? source[cursor + 2] : 0
                if var end = word("endraw", at: cursor + (hasSign ? 3 : 2)) {
                    let closing = end < source.count && [0x2D, 0x2B].contains(source[end]) ? source[end] : 0
                    if closing != 0 { end += 1 }
                    if end + 1 < source.count, source[end] == 0x25, source[end + 1] == 0x7D {
                        addText(before: cursor, sign: sign, isVariable: false)
                        position = end + 2
                        return endTag(strips: closing == 0x2D, keeps: closing == 0x2B, isVariable: false)
                    }
                }
            }
            cursor += 1
        }
        throw place(of: tag).error("template.syntax", "the raw block that begins here has no end")
    }

    /// Reads the tokens of a tag up to its end, `%}` or `}}`.
    private mutating func readInside(from tag: Int, close: UInt8) throws(ONNXError) {
        brackets = []
        while position < source.count {
            let byte = source[position]
            if byte == 0x20 || (9...13).contains(byte) {
                position += 1
                continue
            }
            if brackets.isEmpty, takeTagEnd(close) { return }
            try readToken()
        }
        let name = close == 0x25 ? "'{%'" : "'{{'"
        throw place(of: tag).error("template.syntax", "the tag \(name) that begins here has no end")
    }

    private mutating func takeTagEnd(_ close: UInt8) -> Bool {
        var cursor = position
        let sign = source[cursor]
        let isSigned = sign == 0x2D || sign == 0x2B && close == 0x25
        if isSigned { cursor += 1 }
        guard cursor + 1 < source.count, source[cursor] == close, source[cursor + 1] == 0x7D else {
            return false
        }
        add(close == 0x25 ? .blockEnd : .variableEnd, at: position)
        position = cursor + 2
        endTag(
            strips: isSigned && sign == 0x2D, keeps: isSigned && sign == 0x2B, isVariable: close == 0x7D)
        return true
    }

    mutating func add(_ kind: TemplateToken.Kind, at offset: Int) {
        tokens.append(TemplateToken(kind: kind, place: place(of: offset)))
    }

    /// The place of an offset; cheap for offsets in ascending order.
    mutating func place(of offset: Int) -> TemplatePlace {
        if offset < lineCursor {
            lineCursor = 0
            line = 1
            column = 1
        }
        while lineCursor < offset {
            if source[lineCursor] == 0x0A {
                line += 1
                column = 1
            } else if source[lineCursor] & 0xC0 != 0x80 {
                column += 1
            }
            lineCursor += 1
        }
        return TemplatePlace(line: line, column: column)
    }
}
