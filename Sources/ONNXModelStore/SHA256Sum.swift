// SPDX-License-Identifier: Apache-2.0
import CONNXSystem
package import ONNXErrors

/// A SHA-256 sum (FIPS 180-4) of bytes that come piece by piece.
package struct SHA256Sum: Sendable {
    private var state = onnxlm_sha256()

    /// - Parameter usesInstructions: whether the processor's own instructions may be used, where it has them.
    package init(usesInstructions: Bool = true) { onnxlm_sha256_begin(&state, usesInstructions ? 0 : 1) }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        onnxlm_sha256_add(&state, bytes.baseAddress, bytes.count)
    }

    package mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    /// The sum of what was added, as 64 hexadecimal digits.
    package var text: String {
        var copy = state
        var digest = [UInt8](repeating: 0, count: 32)
        onnxlm_sha256_end(&copy, &digest)
        return Hexadecimal.text(digest)
    }

    /// The sum of a file.
    ///
    /// - Parameter progress: is told the bytes read so far; throwing ends the reading.
    /// - Throws: `io.*`, and what `progress` throws.
    package static func of(
        _ file: DiskFile, byteCount: Int? = nil, progress: (Int) throws(ONNXError) -> Void = { _ in }
    ) throws(ONNXError) -> String {
        var sum = SHA256Sum()
        try FileReading.forEachPiece(of: file, byteCount: byteCount) { piece, done throws(ONNXError) in
            sum.add(piece)
            try progress(done)
        }
        return sum.text
    }
}

/// The name that Git gives the contents of a file: the SHA-1 sum of `blob LENGTH\0` and the bytes.
package enum GitBlobSum {
    /// The sum of a file, which is read whole.
    ///
    /// - Throws: `io.*`.
    package static func of(_ file: DiskFile) throws(ONNXError) -> String {
        let header = Array("blob \(file.byteCount)".utf8) + [0]
        var bytes = header
        bytes.reserveCapacity(header.count + file.byteCount)
        try FileReading.forEachPiece(of: file, byteCount: nil) { piece, _ throws(ONNXError) in bytes += piece
        }
        var digest = [UInt8](repeating: 0, count: 20)
        onnxlm_sha1(bytes, bytes.count, &digest)
        return Hexadecimal.text(digest)
    }
}

enum FileReading {
    /// Gives a file in pieces of 4 MB, each with the bytes read up to its end.
    static func forEachPiece(
        of file: DiskFile, byteCount: Int?,
        _ body: (UnsafeRawBufferPointer, Int) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 64)
        defer { buffer.deallocate() }
        let end = byteCount ?? Int.max
        var done = 0
        while done < end {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(min(buffer.count, end - done)))
            let count = try file.read(at: done, into: room)
            if count == 0 { break }
            done += count
            try body(UnsafeRawBufferPointer(rebasing: room.prefix(count)), done)
        }
    }
}

package enum Hexadecimal {
    package static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether a text is `count` lower-case hexadecimal digits.
    package static func isText(_ text: String, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
