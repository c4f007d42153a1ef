// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXImport
import ONNXTensors
import Testing

/// Data files: rows F12 to F21 and T16 to T24 of the catalogue of bad inputs.
struct ExternalDataFilesTests {
    /// The model file for float tensors `w0`, `w1` … of two elements.
    private static func model(_ tensors: [[(String, String)]], dimensions: [Int] = [2]) -> [UInt8] {
        let initializers = tensors.enumerated().map { index, entries in
            Messages.tensor("w\(index)", 1, dimensions, Messages.external(entries))
        }
        let nodes = [Messages.node("Concat", tensors.indices.map { "w\($0)" }, ["y"])]
        return Messages.model(
            graph: Messages.graph(nodes: nodes, initializers: initializers, inputs: [])
        ).bytes
    }

    private static let data = bytes(of: (0..<16).map { Float($0) })

    private func folder(_ tensors: [[(String, String)]], dimensions: [Int] = [2]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("model.onnx", Self.model(tensors, dimensions: dimensions))
        return folder
    }

    private func check(
        _ folder: TemporaryFolder, _ code: ONNXError.Code?, mentions: [String] = [],
        options: ImportOptions = ImportOptions(), sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(code, mentions: mentions, sourceLocation: sourceLocation) { () throws(ONNXError) in
            try ModelReader.load(path: folder.path, options: options)
        }
    }

    private static let plain = [[("location", "model.onnx.data"), ("offset", "8"), ("length", "8")]]

    @Test func missingFileNamesEverything() throws {
        let big = [
            [("location", "model.onnx.data"), ("offset", "4855775216"), ("length", "8")],
            [("location", "model.onnx.data"), ("offset", "0")],
        ]
        let folder = try folder(big)
        let time = ContinuousClock().measure {
            check(
                folder, "external_data.missing",
                mentions: [
                    "\"model.onnx.data\"", "4.8 GB", "4855775224", "0 bytes there", "2 tensors", "\"w0\"",
                    "Download it from the same repository into the same folder", folder.path,
                ])
        }
        #expect(time < .seconds(10))
    }

    @Test func severalMissingFilesAreListedTogether() throws {
        let folder = try folder([[("location", "a.bin")], [("location", "sub/b.bin")], [("location", "c")]])
        try folder.write("c", Self.data)
        check(folder, "external_data.missing", mentions: ["\"a.bin\"", "\"sub/b.bin\"", "2 data files"])
    }

    @Test(arguments: [0, 1, 15]) func shortFileNamesTensorAndBytes(count: Int) throws {
        let folder = try folder(Self.plain)
        try folder.write("model.onnx.data", Array(Self.data.prefix(count)))
        check(
            folder, "external_data.truncated",
            mentions: ["\"w0\"", "8..<16", "\"model.onnx.data\"", "has \(count) bytes", "16 bytes", "again"])
    }

    /// A norm between matrices is copied, so that using it maps nothing of what lies around it.
    @Test func smallTensorsOfLargeFilesAreCopied() throws {
        let folder = try folder(Self.plain)
        let path = try folder.write("model.onnx.data", Self.data)
        for size in [UInt64(Self.data.count), UInt64(TensorRows.largeByteCount)] {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: size)
            try handle.close()
            let (model, _) = try ModelReader.read(path: folder.path)
            let tensor = try #require(model.graph.initializers["w0"])
            #expect((tensor.storage is CopiedStorage) == (size > 64))
            #expect(tensor.storage.filePlace(of: tensor.byteOffset)?.offset == 8)
            #expect(try tensor.values(as: Float.self) == [2, 3])
        }
    }

    @Test func longerFileIsFine() throws {
        let folder = try folder(Self.plain)
        try folder.write("model.onnx.data", Self.data)
        var options = ImportOptions()
        options.verifiesChecksums = true
        let (model, report) = try ModelReader.read(path: folder.path, options: options)
        #expect(try model.graph.initializers["w0"]?.values(as: Float.self) == [2, 3])
        #expect(report.warnings.contains { $0.contains("48 bytes") })
    }

    @Test func pointersAndPagesAreRecognised() throws {
        let folder = try folder(Self.plain)
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4855775232\n"
        try folder.write("model.onnx.data", Array(pointer.utf8))
        check(folder, "external_data.lfs_pointer", mentions: ["4.8 GB", "sha256:4d7a", "git lfs pull"])
        try folder.write("model.onnx.data", Array("<html>".utf8))
        check(folder, "external_data.is_html", mentions: ["web page"])
    }

    @Test func onlyRegularFiles() throws {
        let folder = try folder([[("location", "d")]])
        try FileManager.default.createDirectory(
            atPath: folder.path + "/d", withIntermediateDirectories: false)
        check(folder, "external_data.not_regular")
        try FileManager.default.removeItem(atPath: folder.path + "/d")
        #expect(mkfifo(folder.path + "/d", 0o600) == 0)
        check(folder, "external_data.not_regular")
    }

    @Test(arguments: [ExternalFolder.Method.kernel, .walking])
    func linksInsideAreFollowed(method: ExternalFolder.Method) throws {
        let folder = try TemporaryFolder()
        // The layout of a download cache: snapshots of links into a folder of blobs.
        try folder.write("blobs/aaa", Self.model(Self.plain))
        try folder.write("blobs/bbb", Self.data)
        let model = try folder.link("snapshots/main/model.onnx", to: "../../blobs/aaa")
        try folder.link("snapshots/main/model.onnx.data", to: "../../blobs/bbb")
        try folder.link("snapshots/main/sibling", to: "model.onnx.data")
        let place = ExternalFolder(modelPath: model, method: method)
        #expect(try place.open("model.onnx.data").byteCount == 64)
        #expect(try place.open("sibling").byteCount == 64)
        let loaded = try ModelReader.load(path: folder.path + "/snapshots/main")
        #expect(try loaded.graph.initializers["w0"]?.values(as: Float.self) == [2, 3])
    }

    @Test(arguments: [ExternalFolder.Method.kernel, .walking])
    func linksOutsideAreRefused(method: ExternalFolder.Method) throws {
        let folder = try TemporaryFolder()
        let model = try folder.write("m/model.onnx", Self.model(Self.plain))
        try folder.write("secret", Self.data)
        try folder.link("m/up", to: "../secret")
        try folder.link("m/absolute", to: "/etc/hostname")
        try folder.link("m/out", to: "..")
        try folder.link("m/loop", to: "loop")
        try folder.write("m/sub/file", Self.data)
        try folder.link("m/inside", to: "sub")
        let place = ExternalFolder(modelPath: model, method: method)
        func check(_ name: String, _ code: ONNXError.Code?) {
            expect(code, name) { () throws(ONNXError) in try place.open(name) }
        }
        check("up", "external_data.escapes")
        check("absolute", "external_data.escapes")
        check("out/secret", "external_data.escapes")
        check("loop", "io.loop")
        check("nothing", "external_data.missing")
        check("sub/file", nil)
        check("inside/file", nil)
        check("sub/file/more", "external_data.missing")
    }

    @Test func sparseFileOfOneTebibyte() throws {
        let folder = try folder([[("location", "big"), ("offset", "\((1 << 40) - 8)"), ("length", "8")]])
        let file = try folder.write("big", [])
        try #require(truncate(file, 1 << 40) == 0)
        check(folder, nil)
    }

    @Test func hardLinksAreRefusedOnRequest() throws {
        let folder = try folder([[("location", "data")]])
        let file = try folder.write("data", Self.data)
        try #require(link(file, folder.path + "/other") == 0)
        check(folder, nil)
        var strict = ImportOptions()
        strict.refusesHardLinks = true
        check(folder, "external_data.hard_link", options: strict)
    }

    @Test(arguments: [
        "", ".", "..", "/etc/passwd", "a/../../b", "a/./b", "a//b", "a/", "a\\b", "C:\\x",
        String(repeating: "x", count: 5000), String(repeating: "y", count: 256), "https://host/file",
        "../x", "./x",
    ])
    func badLocations(location: String) throws {
        check(try folder([[("location", location)]]), "external_data.location", mentions: ["tensor \"w0\""])
    }

    @Test(arguments: [
        "-1", "abc", "1e3", " 5", "5 ", "0x10", "+5", "9223372036854775808", "18446744073709551616", "", "٣",
    ])
    func badNumbers(number: String) throws {
        for key in ["offset", "length"] {
            check(try folder([[("location", "f"), (key, number)]]), "external_data.number", mentions: [key])
        }
    }

    @Test func badKeys() throws {
        check(try folder([[("offset", "0")]]), "external_data.no_location")
        check(try folder([[("location", "f"), ("location", "g")]]), "external_data.duplicate_key")
        check(
            try folder([[("location", "f"), ("offset", "9223372036854775807"), ("length", "8")]]),
            "external_data.range")
        check(try folder([[("location", "f"), ("offset", "9223372036854775807")]]), "external_data.range")
        check(
            try folder([[("location", "f"), ("length", "9")]]), "external_data.length", mentions: ["8", "9"])
        let folder = try folder([[("location", "f"), ("colour", "red")]])
        try folder.write("f", Self.data)
        #expect(try ModelReader.read(path: folder.path).report.warnings.count == 1)
    }

    @Test func emptyTensorAtTheEnd() throws {
        let folder = try folder([[("location", "f"), ("offset", "64"), ("length", "0")]], dimensions: [0])
        try folder.write("f", Self.data)
        check(folder, nil)
    }

    @Test func overlappingRanges() throws {
        let entries = (0..<10_000).map { [("location", "f"), ("offset", "\($0 % 8)")] }
        let folder = try folder(entries)
        try folder.write("f", Self.data)
        let model = try ModelReader.load(path: folder.path)
        #expect(model.graph.initializers.count == 10_000)
        #expect(try model.graph.initializers["w4"]?.values(as: Float.self) == [1, 2])
    }

    @Test func checksums() throws {
        // sha1 of the three bytes "abc", from FIPS 180's examples; of nothing; of 64 bytes.
        let sums: [([UInt8], String)] = [
            (Array("abc".utf8), "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "84983E441C3BD26EBAAE4AA1F95129E5E54670F1"
            ),
            (
                [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
                "34aa973cd4c4daa4f61eeb2bdbad27316534016f"
            ),
        ]
        var verify = ImportOptions()
        verify.verifiesChecksums = true
        for (content, sum) in sums {
            let folder = try folder([[("location", "f"), ("checksum", sum)]], dimensions: [0])
            try folder.write("f", content)
            check(folder, nil, options: verify)
            try folder.write("f", content + [0])
            check(folder, "external_data.checksum", mentions: ["\"f\""], options: verify)
            check(folder, nil)
        }
    }
}
