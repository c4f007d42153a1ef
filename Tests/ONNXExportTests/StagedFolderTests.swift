// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXExport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct StagedFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }

    private func contents(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test func appearsComplete() throws {
        try withFolder { parent in
            let staged = try StagedFolder(finalPath: "\(parent)/a/", overwrites: false, neededBytes: 10)
            try staged.write([1, 2, 3], as: "x")
            let names = try contents(parent)
            #expect(names.allSatisfy { $0.hasPrefix("a.partial-") })
            try staged.commit()
            try #expect(contents(parent) == ["a"])
            try #expect(contents("\(parent)/a") == ["x"])
        }
    }

    @Test func vanishesWhenAbandoned() throws {
        try withFolder { parent in
            do {
                let staged = try StagedFolder(finalPath: "\(parent)/a", overwrites: false, neededBytes: 0)
                try staged.write([1], as: "x")
                try #expect(contents(parent).count == 1)
            }
            try #expect(contents(parent).isEmpty)
        }
    }

    @Test func keepsTheOldFolderUntilTheNewOneIsComplete() throws {
        try withFolder { parent in
            for (overwrites, name) in [(false, "old"), (true, "new")] {
                let staged = try StagedFolder(
                    finalPath: "\(parent)/a", overwrites: overwrites, neededBytes: 0)
                try staged.write([1], as: name)
                if overwrites { try #expect(contents("\(parent)/a") == ["old"]) }
                try staged.commit()
            }
            try #expect(contents("\(parent)/a") == ["new"])
            try #expect(contents(parent) == ["a"])
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        try withFolder { parent in
            let error = #expect(throws: ONNXError.self) {
                try StagedFolder(finalPath: "\(parent)/a", overwrites: false, neededBytes: 1 << 60)
            }
            #expect(error?.code == "io.no_space")
            #expect(error?.message.contains("needs 1152921504606846976 bytes") == true)
            try #expect(contents(parent).isEmpty)
        }
    }

    @Test func refusesWithoutAParent() throws {
        try withFolder { parent in
            let error = #expect(throws: ONNXError.self) {
                try StagedFolder(finalPath: "\(parent)/a/b", overwrites: false, neededBytes: 0)
            }
            #expect(error?.code == "io.create")
        }
    }

    #if os(Linux)
        @Test func leavesNothingOnAFullDisk() throws {
            try withFolder { parent in
                guard mount("tmpfs", parent, "tmpfs", 0, "size=64k") == 0 else {
                    print("skipped: a small disk can be mounted only by the superuser")
                    return
                }
                defer { umount(parent) }
                let staged = try StagedFolder(finalPath: "\(parent)/a", overwrites: false, neededBytes: 0)
                let error = #expect(throws: ONNXError.self) {
                    try staged.write([UInt8](repeating: 1, count: 1 << 20), as: "x")
                }
                #expect(error?.code == "io.no_space")
                let names = try contents(parent)
                #expect(names.allSatisfy { $0.hasPrefix("a.partial-") })
            }
        }
    #endif
}
