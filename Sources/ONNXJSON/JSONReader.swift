// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors

/// A strict pull parser over UTF-8 bytes.
///
/// It hands out one item at a time, so that a reader of a large file keeps only what it needs. After `beginObject`, every `nextKey` that returns true must be followed by reading or skipping one value; the
/// same holds for `beginArray` and `nextElement`. Errors are `json.syntax`, `json.truncated`, `json.invalid_utf8`,
/// `json.too_deep`, `json.too_large` and `json.type`, each with line, column and byte offset.
///
/// Complexity: linear in the bytes read.
package struct JSONReader: ~Copyable {
    /// What the next value is.
    package enum Kind { case object, array, string, number, bool, null }

    let base: UnsafePointer<UInt8>
    let count: Int
    var position = 0
    var depth = 0
    let limits: JSONLimits
    var atFirst = false
    var scratch: [UInt8] = []
    var keyStart = 0
    var keyCount = 0
    var keyInScratch = false
    var keyScratch: [UInt8] = []

    /// Reads `bytes`, which must stay valid as long as the reader lives.
    ///
    /// - Throws: `json.too_large` past the limit.
    package init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(ONNXError) {
        self.limits = limits
        count = bytes.count
        base = bytes.bindMemory(to: UInt8.self).baseAddress ?? UnsafePointer(Self.nothing)
        guard bytes.count <= limits.byteCount else {
            throw ONNXError(
                "json.too_large", "the JSON text has \(bytes.count) bytes, the limit is \(limits.byteCount)")
        }
        guard !(count >= 3 && base[0] == 0xEF && base[1] == 0xBB && base[2] == 0xBF) else {
            throw error("json.syntax", "the text begins with a byte order mark; remove it")
        }
    }

    // Safety: one byte that is never written after this and never freed.
    nonisolated(unsafe) private static let nothing: UnsafeMutablePointer<UInt8> = {
        let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        pointer.initialize(to: 0)
        return pointer
    }()

    /// Looks at the next value without taking it.
    package mutating func peek() throws(ONNXError) -> Kind {
        skipWhitespace()
        guard position < count else { throw truncated("a value") }
        switch base[position] {
        case 0x7B: return .object
        case 0x5B: return .array
        case 0x22: return .string
        case 0x74, 0x66: return .bool
        case 0x6E: return .null
        case 0x2D, 0x30...0x39: return .number
        default: throw unexpected("a value")
        }
    }

    package mutating func beginObject() throws(ONNXError) {
        try open(0x7B, "an object")
    }

    package mutating func beginArray() throws(ONNXError) {
        try open(0x5B, "an array")
    }

    /// Takes the next key and its colon; false at the object's end, which is taken too.
    package mutating func nextKey() throws(ONNXError) -> Bool {
        guard try nextItem(close: 0x7D) else { return false }
        guard position < count else { throw truncated("a key") }
        guard base[position] == 0x22 else { throw unexpected("a key in double quotes") }
        let key = try readStringBytes()
        keyCount = key.count
        keyInScratch = !isInSource(key)
        if keyInScratch {
            swap(&scratch, &keyScratch)
        } else {
            keyStart = position - 1 - key.count
        }
        skipWhitespace()
        guard position < count else { throw truncated("a colon") }
        guard base[position] == 0x3A else { throw unexpected("a colon after the key") }
        position += 1
        return true
    }

    /// Whether there is one more element; the array's end is taken.
    package mutating func nextElement() throws(ONNXError) -> Bool {
        try nextItem(close: 0x5D)
    }

    /// Whether the key taken last is `text`.
    package func keyEquals(_ text: StaticString) -> Bool {
        guard text.utf8CodeUnitCount == keyCount else { return false }
        return withKey { key in
            for index in 0..<key.count where key[index] != text.utf8Start[index] { return false }
            return true
        }
    }

    /// The key taken last.
    package var key: String { withKey { String(decoding: $0, as: UTF8.self) } }

    /// Gives the bytes of the key taken last; they are valid inside `body` only.
    package func withKey<R, E: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        if keyInScratch { return try keyScratch.withUnsafeBufferPointer(body) }
        return try body(UnsafeBufferPointer(start: base + keyStart, count: keyCount))
    }

    /// Checks that nothing but white space follows.
    package mutating func finish() throws(ONNXError) {
        skipWhitespace()
        guard position == count else { throw unexpected("the end of the text") }
    }

    mutating func skipWhitespace() {
        while position < count {
            switch base[position] {
            case 0x20, 0x0A, 0x0D, 0x09:
                position += 1
                // Indentation comes in runs.
                while position + 8 <= count, eightSpacesStand(at: position) { position += 8 }
            default: return
            }
        }
    }

    private func eightSpacesStand(at offset: Int) -> Bool {
        UnsafeRawPointer(base).loadUnaligned(fromByteOffset: offset, as: UInt64.self) == 0x2020_2020_2020_2020
    }

    private mutating func open(_ byte: UInt8, _ what: String) throws(ONNXError) {
        let kind = try peek()
        guard base[position] == byte else {
            throw error("json.type", "expected \(what), found \(Self.name(kind))")
        }
        guard depth < limits.depth else {
            throw error("json.too_deep", "arrays and objects stand more than \(limits.depth) deep")
        }
        depth += 1
        position += 1
        atFirst = true
    }

    private mutating func nextItem(close: UInt8) throws(ONNXError) -> Bool {
        skipWhitespace()
        guard position < count else { throw truncated("a comma or the closing bracket") }
        if base[position] == close {
            position += 1
            depth -= 1
            atFirst = false
            return false
        }
        if !atFirst {
            guard base[position] == 0x2C else { throw unexpected("a comma or the closing bracket") }
            position += 1
            skipWhitespace()
            guard position < count else { throw truncated("one more item") }
            guard base[position] != close else { throw unexpected("one more item after the comma") }
        }
        atFirst = false
        return true
    }

    private func isInSource(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        return start >= base && start <= base + count
    }
}

extension JSONReader {
    /// A place to come back to.
    package struct Mark {
        fileprivate var position: Int
        fileprivate var depth: Int
    }

    /// The current place, before a value that is about to be skipped and read later.
    package var mark: Mark { Mark(position: position, depth: depth) }

    /// Goes to a place of this reader.
    package mutating func move(to mark: Mark) {
        position = mark.position
        depth = mark.depth
        atFirst = false
    }
}
