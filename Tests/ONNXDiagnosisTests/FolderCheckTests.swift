// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXDiagnosis
import ONNXInference
import ONNXTestSupport
import Testing

/// A folder with one thing wrong is told so, with the command that mends it, and with nothing else.
struct FolderCheckTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: String
        let remedy: String
        /// Does the damage.
        let damage: @Sendable (String) throws -> Void

        var testDescription: String { name }
    }

    private static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private static func cut(_ path: String, to part: Double) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(Int(Double(data.count) * part)).write(to: URL(fileURLWithPath: path))
    }

    private static let pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\nsize 123456\n"
    private static let page = "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"
    private static let pull = "onnxlm pull acme/tiny"

    static let cases = [
        Case(name: "data file missing", code: "external_data.missing", remedy: pull) {
            try FileManager.default.removeItem(atPath: $0 + "/model.onnx.data")
        },
        Case(name: "data file cut off", code: "external_data.truncated", remedy: pull) {
            try cut($0 + "/model.onnx.data", to: 0.9)
        },
        Case(name: "data file empty", code: "model.empty", remedy: pull) {
            try cut($0 + "/model.onnx.data", to: 0)
        },
        Case(name: "data file a pointer", code: "model.lfs_pointer", remedy: pull) {
            try write(pointer, $0 + "/model.onnx.data")
        },
        Case(name: "model a pointer in a clone", code: "model.lfs_pointer", remedy: "lfs pull") {
            try FileManager.default.createDirectory(atPath: $0 + "/.git", withIntermediateDirectories: true)
            try write(pointer, $0 + "/model.onnx")
        },
        Case(name: "data file a page", code: "model.is_html", remedy: pull) {
            try write(page, $0 + "/model.onnx.data")
        },
        Case(name: "model a page", code: "model.is_html", remedy: pull) {
            try write(page, $0 + "/model.onnx")
        },
        Case(name: "tokenizer a page", code: "model.is_html", remedy: pull) {
            try write(page, $0 + "/tokenizer.json")
        },
        Case(name: "tokenizer missing", code: "tokenizer.missing", remedy: pull) {
            try FileManager.default.removeItem(atPath: $0 + "/tokenizer.json")
        },
        Case(name: "configuration cut off", code: "json.truncated", remedy: pull) {
            try cut($0 + "/genai_config.json", to: 0.5)
        },
        Case(name: "model missing", code: "model.not_found", remedy: pull) {
            try FileManager.default.removeItem(atPath: $0 + "/model.onnx")
        },
        Case(name: "model cut off", code: "proto.", remedy: pull) { try cut($0 + "/model.onnx", to: 0.7) },
        Case(name: "a link that leads nowhere", code: "external_data.missing", remedy: pull) {
            try FileManager.default.removeItem(atPath: $0 + "/model.onnx.data")
            try FileManager.default.createSymbolicLink(
                atPath: $0 + "/model.onnx.data", withDestinationPath: "/nowhere")
        },
        Case(name: "folder missing", code: "model.not_found", remedy: pull) {
            try FileManager.default.removeItem(atPath: $0)
        },
    ]

    private func memory(_ bytes: Int) -> MemoryBudget {
        MemoryBudget(
            memoryInfo: "MemTotal: \(bytes / 1024) kB\nMemAvailable: \(bytes / 1024) kB\n", groups: "/none",
            root: "/none")
    }

    private func problems(_ folder: String, bytes: Int = 1 << 34) -> [Finding] {
        FolderCheck(folder: folder, name: "acme/tiny", options: LoadOptions(), memory: memory(bytes)).findings
            .filter { $0.severity == .problem }
    }

    @Test func aWholeFolderHasNoProblems() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.copyModel("0.18.0-llama-int4", "tiny")
        #expect(problems(folder).isEmpty, "\(problems(folder))")
    }

    @Test(arguments: cases) func oneThingWrong(_ example: Case) throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.copyModel("0.18.0-llama-int4", "tiny")
        try example.damage(folder)
        let found = problems(folder)
        #expect(found.first?.code.hasPrefix(example.code) == true, "\(found)")
        #expect(found.first?.remedy?.contains(example.remedy) == true, "\(found)")
        #expect(Set(found.map(\.subject)).count == 1, "\(found)")
    }

    @Test func tooLittleMemoryIsToldWithWhatWouldFit() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.copyModel("0.18.0-llama-int4", "tiny")
        let found = problems(folder, bytes: 1 << 20)
        #expect(found.map(\.code) == ["memory.insufficient"])
        #expect(found.first?.remedy?.contains("--provider") == true)
    }

    @Test(
        .enabled(if: geteuid() != 0, "root may read everything, so that wrong permissions cannot be tried"))
    func wrongPermissions() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.copyModel("0.18.0-llama-int4", "tiny")
        chmod(folder + "/model.onnx.data", 0)
        let found = problems(folder)
        #expect(found.map(\.code) == ["io.permission"])
        #expect(found.first?.remedy?.hasPrefix("chmod u+r ") == true)
    }
}
