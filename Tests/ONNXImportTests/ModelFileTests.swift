// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXImport
import Testing

/// Rows F of the catalogue of bad inputs that concern the model file itself.
struct ModelFileTests {
    private static let model = Messages.model(graph: Messages.graph()).bytes

    private func check(
        _ path: String, _ code: ONNXError.Code?, mentions: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(code, mentions: mentions, path, sourceLocation: sourceLocation) { () throws(ONNXError) in
            try ModelReader.load(path: path)
        }
    }

    @Test func pathsThatLeadNowhere() throws {
        let folder = try TemporaryFolder()
        try folder.write("model.onnx", Self.model)
        check(folder.path + "/modle.onnx", "model.not_found", mentions: ["model.onnx\" meant"])
        check(folder.path + "/model.onnx/x", "model.not_found")
        check(folder.path + "/a\0b", "model.not_found")
        check(folder.path + "/" + String(repeating: "x", count: 5000), "io.name_too_long")
        try folder.write("sub/model_q4.onnx", Self.model)
        check(folder.path + "/sub", "model.not_found", mentions: ["\"model_q4.onnx\""])
        check(folder.path + "/sub/model_q4.onnx", nil)
        try folder.link("loop", to: "loop")
        check(folder.path + "/loop", "io.loop")
    }

    struct Format: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: ONNXError.Code
        var bytes: [UInt8]
        var mention: String
    }

    static let formats: [Format] = [
        Format(testDescription: "F03 empty", code: "model.empty", bytes: [], mention: "empty"),
        Format(
            testDescription: "F04 LFS pointer", code: "model.lfs_pointer",
            bytes: Array("version https://git-lfs.github.com/spec/v1\noid sha256:99\nsize 52100000\n".utf8),
            mention: "52.1 MB (52100000 bytes) and sha256:99"),
        Format(
            testDescription: "F05 HTML", code: "model.is_html", bytes: Array(" \n<!DOCTYPE html><html>".utf8),
            mention: "web page"),
        Format(
            testDescription: "F06 GGUF", code: "model.wrong_format", bytes: Array("GGUF\u{3}\0\0\0".utf8),
            mention: "GGUF"),
        Format(
            testDescription: "F06 safetensors", code: "model.wrong_format",
            bytes: [4, 0, 0, 0, 0, 0, 0, 0] + Array("{\"\":0}    ".utf8), mention: "safetensors"),
        Format(
            testDescription: "F06 zip", code: "model.wrong_format", bytes: [0x50, 0x4B, 3, 4, 0],
            mention: "ZIP"),
        Format(
            testDescription: "F06 pickle", code: "model.wrong_format", bytes: [0x80, 2, 0x7D],
            mention: "pickle"),
        Format(
            testDescription: "F06 gzip", code: "model.wrong_format", bytes: [0x1F, 0x8B, 8], mention: "gzip"),
        Format(
            testDescription: "F07 ORT", code: "model.wrong_format",
            bytes: [24, 0, 0, 0] + Array("ORTM".utf8), mention: "export"),
        Format(testDescription: "JSON", code: "model.wrong_format", bytes: Array("{}".utf8), mention: "JSON"),
    ]

    @Test(arguments: formats) func otherFormats(_ format: Format) throws {
        let folder = try TemporaryFolder()
        check(
            try folder.write("model.onnx", format.bytes), format.code,
            mentions: [format.mention, folder.path])
    }

    @Test func everyCutIsNoticed() throws {
        let folder = try TemporaryFolder()
        for step in 1..<64 {
            let bytes = Array(Self.model.prefix(Self.model.count * step / 64))
            let path = try folder.write("model.onnx", bytes)
            do throws(ONNXError) {
                _ = try ModelReader.load(path: path)
                Issue.record("\(bytes.count) of \(Self.model.count) bytes were accepted")
            } catch {
                #expect(error.code.rawValue.hasPrefix("proto.") || error.code.rawValue.hasPrefix("model."))
            }
        }
    }

    @Test func filesThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("model.onnx", Self.model)
        #expect(chmod(path, 0) == 0)
        // The superuser may read everything.
        check(path, geteuid() == 0 ? nil : "io.permission")
        #expect(mkfifo(folder.path + "/fifo", 0o600) == 0)
        check(folder.path + "/fifo", "model.not_regular")
        check("/dev/zero", "model.not_regular")
        check("/proc/self/mem", "model.not_regular")
        let socket = folder.path + "/socket"
        try makeSocket(socket)
        check(socket, "model.not_regular")
    }

    @Test func fileBeyondTheLimit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("model.onnx", Self.model)
        try #require(truncate(path, 1 << 31) == 0)
        check(path, "model.too_large", mentions: ["external data", "2147483647"])
        try #require(truncate(path, 1 << 31 - 1) == 0)
        check(path, "proto.bad_tag")
    }

    private func makeSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }
}
