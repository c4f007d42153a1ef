// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// The first bytes of a cache file: which model it belongs to and where its sections lie.
///
///     magic u64 · version u64 · file bytes u64 · header bytes u64 · path bytes u64 · sections u64 · checksum u64 · 0
///     path of the model, UTF-8
///     for each section: key 2 × u64 · offset u64 · bytes u64 · checksum u64
///     zeros up to a multiple of 4096, where the first section starts
///
/// Numbers are little-endian. The checksum covers the header without the checksum itself.
struct PackCacheHeader {
    /// "ONNXLMPC".
    static let magic: UInt64 = 0x4350_4D4C_584E_4E4F
    /// Raised whenever the meaning of the bytes changes.
    static let version: UInt64 = 1
    static let alignment = 4096
    private static let fixedByteCount = 64
    private static let entryByteCount = 40
    private static let checksumOffset = 48
    private static let pathLimit = 1 << 16
    private static let sectionLimit = 1 << 20

    /// One region of the file.
    struct Section: Sendable {
        let key: PackCacheKey
        let offset: Int
        let byteCount: Int
        var checksum: UInt64
    }

    let modelPath: String
    var sections: [Section]
    let headerByteCount: Int
    let fileByteCount: Int

    /// Lays out sections of the given sizes, in order; checksums are still to be set.
    ///
    /// - Throws: `cache.too_large`.
    init(modelPath: String, sizes: [(key: PackCacheKey, byteCount: Int)]) throws(ONNXError) {
        let path = modelPath.utf8.count
        let table = sizes.count.multipliedReportingOverflow(by: Self.entryByteCount)
        guard path <= Self.pathLimit, sizes.count <= Self.sectionLimit, !table.overflow else {
            throw Self.tooLarge
        }
        self.modelPath = modelPath
        headerByteCount = Self.fixedByteCount + path + table.partialValue
        var offset = Self.aligned(headerByteCount)
        sections = []
        for (key, byteCount) in sizes {
            guard byteCount >= 0, byteCount < 1 << 48, offset < 1 << 48 else { throw Self.tooLarge }
            sections.append(Section(key: key, offset: offset, byteCount: byteCount, checksum: 0))
            offset = Self.aligned(offset + byteCount)
        }
        fileByteCount = offset
    }

    /// Reads and checks the header of a whole file.
    ///
    /// - Throws: `cache.version` for another version of the format; `cache.damaged` for anything else.
    init(reading bytes: UnsafeRawBufferPointer) throws(ONNXError) {
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard bytes.count >= Self.fixedByteCount, word(0) == Self.magic else {
            throw Self.damaged("it does not begin like one")
        }
        guard word(8) == Self.version else {
            throw ONNXError(
                "cache.version", "The cache file has format version \(word(8)), not \(Self.version).")
        }
        guard word(16) == UInt64(bytes.count) else {
            throw Self.damaged("it has \(bytes.count) bytes instead of \(word(16))")
        }
        guard word(32) <= UInt64(Self.pathLimit), word(40) <= UInt64(Self.sectionLimit) else {
            throw Self.damaged("its numbers are out of range")
        }
        let pathEnd = Self.fixedByteCount + Int(word(32))
        let end = pathEnd + Int(word(40)) * Self.entryByteCount
        guard word(24) == UInt64(end), end <= bytes.count else {
            throw Self.damaged("its table does not fit")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        guard word(Self.checksumOffset) == Self.checksum(of: header) else {
            throw Self.damaged("the checksum of its table is wrong")
        }
        modelPath = String(decoding: bytes[Self.fixedByteCount..<pathEnd], as: UTF8.self)
        headerByteCount = end
        fileByteCount = bytes.count
        sections = []
        for offset in stride(from: pathEnd, to: end, by: Self.entryByteCount) {
            let start = word(offset + 16)
            let count = word(offset + 24)
            guard start >= UInt64(end), start <= UInt64(bytes.count), start % UInt64(Self.alignment) == 0,
                count <= UInt64(bytes.count) - start
            else { throw Self.damaged("a section lies outside of it") }
            sections.append(
                Section(
                    key: PackCacheKey(high: word(offset), low: word(offset + 8)), offset: Int(start),
                    byteCount: Int(count), checksum: word(offset + 32)))
        }
    }

    /// The header as it stands in the file.
    var bytes: [UInt8] {
        var result: [UInt8] = []
        func append(_ word: UInt64) { withUnsafeBytes(of: word.littleEndian) { result += $0 } }
        let path = Array(modelPath.utf8)
        append(Self.magic)
        append(Self.version)
        append(UInt64(fileByteCount))
        append(UInt64(headerByteCount))
        append(UInt64(path.count))
        append(UInt64(sections.count))
        append(0)
        append(0)
        result += path
        for section in sections {
            append(section.key.high)
            append(section.key.low)
            append(UInt64(section.offset))
            append(UInt64(section.byteCount))
            append(section.checksum)
        }
        let sum = result.withUnsafeBytes { Self.checksum(of: $0) }
        withUnsafeBytes(of: sum.littleEndian) {
            result.replaceSubrange(Self.checksumOffset..<Self.checksumOffset + 8, with: $0)
        }
        return result
    }

    private static func checksum(of header: UnsafeRawBufferPointer) -> UInt64 {
        var copy = Array(header)
        for index in checksumOffset..<checksumOffset + 8 { copy[index] = 0 }
        return copy.withUnsafeBytes { PackCacheChecksum.sum($0) }
    }

    private static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    private static func damaged(_ what: String) -> ONNXError {
        ONNXError("cache.damaged", "The file is no cache of packed weights: \(what).")
    }

    private static var tooLarge: ONNXError {
        ONNXError("cache.too_large", "The packed weights are too many or too large for a cache file.")
    }
}
