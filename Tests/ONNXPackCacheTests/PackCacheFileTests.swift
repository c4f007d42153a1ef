// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXPackCache
import ONNXTestSupport
import Testing

@Suite struct PackCacheFileTests {
    private func written() throws -> PackCacheFixture {
        let fixture = PackCacheFixture()
        try fixture.writer().write()
        return fixture
    }

    @Test func whatIsWrittenIsRead() throws {
        let fixture = try written()
        let file = try PackCacheFile(path: fixture.path)
        #expect(file.modelPath == "/models/m.onnx")
        #expect(file.sectionCount == PackCacheFixture.contents.count)
        for (index, content) in PackCacheFixture.contents.enumerated() {
            let bytes = try #require(file[PackCacheFixture.key(index)])
            #expect(Array(bytes) == content)
            #expect(UInt(bitPattern: bytes.baseAddress) % 4096 == 0)
        }
        #expect(file[PackCacheFixture.key(100)] == nil)
        #expect(file.damagedSection() == nil)
        #expect(fixture.names == [URL(fileURLWithPath: fixture.path).lastPathComponent])
        var info = stat()
        #expect(stat(fixture.path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        #expect(stat(fixture.folder.path, &info) == 0 && info.st_mode & 0o777 == 0o700)
    }

    @Test func aMissingFileIsNamedSo() {
        #expect(PackCacheFixture().codeOfOpening() == "cache.missing")
    }

    @Test func filesCutAnywhereAreRefused() throws {
        let fixture = try written()
        let whole = try fixture.bytes()
        let lengths = Array(0..<400) + stride(from: 400, to: whole.count, by: 997) + [whole.count - 1]
        for length in lengths {
            try fixture.replace(with: Array(whole.prefix(length)))
            #expect(fixture.codeOfOpening() == "cache.damaged", "cut to \(length)")
        }
        try fixture.replace(with: whole + [0])
        #expect(fixture.codeOfOpening() == "cache.damaged")
    }

    @Test func everyFlippedBitOfTheHeaderIsNoticed() throws {
        let fixture = try written()
        let whole = try fixture.bytes()
        let headerByteCount = 64 + "/models/m.onnx".utf8.count + 40 * PackCacheFixture.contents.count
        for position in 0..<headerByteCount {
            for bit in 0..<8 {
                var bytes = whole
                bytes[position] ^= 1 << UInt8(bit)
                try fixture.replace(with: bytes)
                let expected = (8..<16).contains(position) ? "cache.version" : "cache.damaged"
                #expect(fixture.codeOfOpening() == expected, "byte \(position), bit \(bit)")
            }
        }
    }

    @Test func everyFlippedBitOfASectionIsFound() throws {
        let fixture = try written()
        let whole = try fixture.bytes()
        var offset = 4096
        for content in PackCacheFixture.contents {
            for index in Set([0, 1, 6, content.count / 2, content.count - 1])
            where content.indices.contains(index) {
                var bytes = whole
                bytes[offset + index] ^= 0x10
                try fixture.replace(with: bytes)
                #expect(
                    try PackCacheFile(path: fixture.path).damagedSection() != nil, "byte \(offset + index)")
            }
            offset += (content.count + 4095) / 4096 * 4096
        }
    }

    @Test func forgedTablesDoNotLeadOutside() throws {
        let fixture = try written()
        let whole = try fixture.bytes()
        // Numbers of the header, and offset and length of each section, each with a checksum that fits.
        let table = 64 + "/models/m.onnx".utf8.count
        let entries = PackCacheFixture.contents.indices.map { table + 40 * $0 }
        let positions = [16, 24, 32, 40] + entries.flatMap { [$0 + 16, $0 + 24] }
        let values: [UInt64] = [
            1, 4095, 4097, UInt64(whole.count), UInt64(whole.count) + 4096, 1 << 47, 1 << 62, .max - 4095,
            .max,
        ]
        for position in positions {
            for value in values {
                var bytes = whole
                withUnsafeBytes(of: value.littleEndian) {
                    bytes.replaceSubrange(position..<position + 8, with: $0)
                }
                try fixture.replace(with: PackCacheFileTests.resealed(bytes))
                guard let file = try? PackCacheFile(path: fixture.path) else { continue }
                // What is accepted can be read without leaving the file.
                for index in PackCacheFixture.contents.indices {
                    guard let section = file[PackCacheFixture.key(index)] else { continue }
                    #expect(section.count <= whole.count)
                    #expect(section.reduce(0) { $0 ^ $1 } <= 255)
                }
            }
        }
    }

    /// The file with a checksum that fits its header, where the header says how long it is.
    private static func resealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        func word(_ offset: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
        }
        let count = word(32) &+ word(40) &* 40 &+ 64
        guard count <= UInt64(bytes.count) else { return bytes }
        var header = Array(bytes[..<Int(count)])
        guard header.count >= 64 else { return bytes }
        for index in 48..<56 { header[index] = 0 }
        let sum = header.withUnsafeBytes { PackCacheFile.checksum($0) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(48..<56, with: $0) }
        return bytes
    }

    @Test(arguments: [0o622, 0o602, 0o620]) func filesThatOthersMayWriteAreNotTrusted(_ mode: mode_t) throws {
        let fixture = try written()
        chmod(fixture.path, mode)
        #expect(fixture.codeOfOpening() == "cache.untrusted")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func filesOfOthersAreNotTrusted() throws {
        let fixture = try written()
        chown(fixture.path, 12345, 12345)
        #expect(fixture.codeOfOpening() == "cache.untrusted")
    }

    @Test func linksAndFoldersAreNotFollowed() throws {
        let fixture = try written()
        let target = fixture.path + ".target"
        rename(fixture.path, target)
        symlink(target, fixture.path)
        #expect(fixture.codeOfOpening() == "cache.untrusted")
        unlink(fixture.path)
        mkdir(fixture.path, 0o700)
        #expect(fixture.codeOfOpening() == "cache.untrusted")
    }

    @Test func aFileThatShrinksIsNoticed() throws {
        let fixture = try written()
        let file = try PackCacheFile(path: fixture.path)
        #expect(file.isWhole)
        truncate(fixture.path, 100)
        #expect(!file.isWhole)
        #expect(file.damagedSection() != nil)
    }

    @Test func damageFoundInTheBackgroundRemovesTheFile() throws {
        let fixture = try written()
        var bytes = try fixture.bytes()
        bytes[4096 * 3] ^= 1
        try fixture.replace(with: bytes)
        let file = try PackCacheFile(path: fixture.path)
        #expect(!file.isKnownToBeDamaged)
        file.verifyInBackground()
        let deadline = Date().addingTimeInterval(60)
        while !file.isKnownToBeDamaged || fixture.codeOfOpening() != "cache.missing", Date() < deadline {
            usleep(1000)
        }
        #expect(file.isKnownToBeDamaged)
        #expect(fixture.names.isEmpty)
    }

    @Test func checkingWithPausesLeavesTheProcessorToOthers() throws {
        let fixture = PackCacheFixture([[UInt8](repeating: 7, count: 12 << 20)])
        try fixture.writer().write()
        let file = try PackCacheFile(path: fixture.path)
        var used = 0.0
        let passed = ContinuousClock().measure {
            used = processorTime { #expect(file.damagedSection(pauses: true) == nil) }
        }
        #expect(used < 0.05 * (passed / .seconds(1)))
    }
}
