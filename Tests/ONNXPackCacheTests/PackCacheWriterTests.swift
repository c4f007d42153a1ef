// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXPackCache
import Synchronization
import Testing

@Suite struct PackCacheWriterTests {
    private func code(_ writer: PackCacheWriter, reserving reserve: Int = 256 << 20) -> String? {
        do throws(ONNXError) { try writer.write(reserving: reserve) } catch { return error.code.rawValue }
        return nil
    }

    @Test func aFolderThatCannotBeMadeIsAnError() throws {
        let fixture = PackCacheFixture()
        let parent = URL(fileURLWithPath: fixture.folder.path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: parent.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: parent)
        #expect(code(fixture.writer()) == "cache.folder")
    }

    @Test func whatDeadWritersLeftIsRemoved() throws {
        let fixture = PackCacheFixture()
        try fixture.folder.create()
        let dead = fixture.path + ".aaaaaaaa.partial"
        try Data(repeating: 1, count: 100).write(to: URL(fileURLWithPath: dead))
        #expect(fixture.folder.removeAbandoned().isEmpty)
        #expect(fixture.names.isEmpty)
    }

    @Test func whatLivingWritersWriteStays() throws {
        let fixture = PackCacheFixture()
        try fixture.folder.create()
        let living = fixture.path + ".aaaaaaaa.partial"
        let descriptor = open(living, O_RDWR | O_CREAT, 0o600)
        flock(descriptor, LOCK_EX)
        #expect(fixture.folder.removeAbandoned() == [living])
        // A second writer of the same file leaves it to the first.
        try fixture.writer().write()
        #expect(fixture.names.count == 1)
        // A writer of another file does not care.
        try fixture.writer(path: fixture.folder.file(ofModel: "/other", variant: [])).write()
        #expect(fixture.names.count == 2)
        close(descriptor)
        try fixture.writer().write()
        #expect(fixture.names.filter { $0.hasSuffix(".packed") }.count == 2 && fixture.names.count == 2)
    }

    @Test func manyWritersAtOnceLeaveOneWholeFile() throws {
        let fixture = PackCacheFixture()
        let writings = (0..<8).map { _ in PackCacheWriting(fixture.writer()) }
        for writing in writings { try writing.wait() }
        #expect(fixture.names.count == 1)
        #expect(try PackCacheFile(path: fixture.path).damagedSection() == nil)
    }

    /// A writer that has made its file and not locked it yet looks dead to the others.
    @Test func aFileTakenForAbandonedIsMadeAgain() throws {
        let fixture = PackCacheFixture()
        let folder = fixture.folder
        let count = Mutex(0)
        var writer = fixture.writer()
        writer.whenCreated = { path in
            let isFirst = count.withLock { value in
                value += 1
                return value == 1
            }
            if isFirst { #expect(folder.removeAbandoned().isEmpty && access(path, F_OK) != 0) }
        }
        try writer.write()
        #expect(count.withLock { $0 } == 2)
        #expect(fixture.names.count == 1)
        #expect(try PackCacheFile(path: fixture.path).damagedSection() == nil)
    }

    @Test func filesUsedLongestAgoMakeRoom() throws {
        let fixture = PackCacheFixture()
        let paths = (0..<3).map { fixture.folder.file(ofModel: "/\($0)", variant: []) }
        for (age, path) in paths.enumerated() {
            try fixture.writer(path: path).write()
            let times = [
                timeval(tv_sec: 1_000_000 - age, tv_usec: 0), timeval(tv_sec: 1_000_000 - age, tv_usec: 0),
            ]
            utimes(path, times)
        }
        let size = try #require(fixture.folder.entries().first?.byteCount)
        try PackCacheFile(path: paths[2]).markUsed()
        try fixture.writer(limit: 3 * size).write()
        let left = Set(fixture.folder.entries().map(\.path))
        #expect(left == [paths[0], paths[2], fixture.path])
        // Replacing a file needs no room beside its own.
        try fixture.writer(limit: 3 * size).write()
        #expect(fixture.folder.entries().count == 3)
        #expect(code(fixture.writer(limit: size - 1)) == "cache.limit")
        #expect(fixture.folder.entries().count == 3)
    }

    @Test func clearingLeavesNothing() throws {
        let fixture = PackCacheFixture()
        try fixture.writer().write()
        let file = try PackCacheFile(path: fixture.path)
        #expect(fixture.folder.clear() == file.byteCount)
        #expect(fixture.names.isEmpty)
        #expect(file.damagedSection() == nil, "whoever has the file mapped goes on")
    }

    #if os(Linux)
        @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
        func aFullDiskLeavesNothing() throws {
            let fixture = PackCacheFixture()
            try fixture.folder.create()
            // What the writer leaves free is more than this disk has, so it must refuse before it writes.
            guard mount("none", fixture.folder.path, "tmpfs", 0, "size=1m") == 0 else { return }
            defer { umount(fixture.folder.path) }
            #expect(code(fixture.writer()) == "cache.no_space")
            #expect(fixture.names.isEmpty)
            #expect(code(fixture.writer(), reserving: 0) == nil)
            // And when it finds out only while it writes, what it has written goes.
            try Data(repeating: 7, count: 1 << 19).write(
                to: URL(fileURLWithPath: fixture.folder.path + "/filler"))
            let other = fixture.folder.file(ofModel: "/large", variant: [])
            let large = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 64)
            large.initializeMemory(as: UInt8.self, repeating: 3)
            defer { large.deallocate() }
            let writer = PackCacheWriter(
                folder: fixture.folder, path: other, modelPath: "/large",
                sections: [.init(key: PackCacheFixture.key(1), bytes: .init(large), owner: fixture)],
                byteLimit: 1 << 30)
            #expect(code(writer, reserving: -(1 << 40)) == "cache.no_space")
            #expect(fixture.names.filter { $0.contains("partial") }.isEmpty)
            #expect(fixture.codeOfOpening() == nil)
        }
    #endif
}
