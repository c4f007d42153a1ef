// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXJSON
import ONNXTestSupport
import Testing

/// The commands about models on disk, as a user drives them.
@Suite(
    .serialized,
    .enabled(if: TestEnvironment.command != nil, "needs the built command, which make test provides"))
struct StoreCommandTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.copyModel("0.18.0-llama-int4", "models/acme/tiny")
    }

    private func run(_ arguments: String...) throws -> TestEnvironment.Outcome {
        try TestEnvironment.run(
            #require(TestEnvironment.command), arguments,
            environment: [
                "ONNXLM_MODELS": scratch.file("models"), "HF_HOME": scratch.file("hf"),
                "ONNXLM_CACHE_DIR": scratch.file("cache"),
            ])
    }

    @Test func namesServeWhereverFoldersDo() throws {
        for arguments in [
            ["inspect", "acme/tiny"], ["plan", "acme/tiny", "--no-speed"],
            ["generate", "acme/tiny", "--tokens", "1,2", "--max-tokens", "2"], ["doctor", "acme/tiny"],
        ] {
            let outcome = try TestEnvironment.run(
                #require(TestEnvironment.command), arguments,
                environment: [
                    "ONNXLM_MODELS": scratch.file("models"), "ONNXLM_CACHE_DIR": scratch.file("cache"),
                ])
            #expect(outcome.status == 0, "\(arguments) \(outcome.output) \(outcome.errors)")
        }
        let list = try JSONValue.parse(try run("models", "--json").output)
        #expect(list[0]?["name"]?.stringValue == "acme/tiny")
        #expect(list[0]?["complete"]?.boolValue == true)
        #expect(list[0]?["last_used"]?.intValue != nil)
    }

    @Test func verifyMoveAndRemove() throws {
        #expect(try run("verify", "acme/tiny").status == 65)
        #expect(try run("verify", "acme/tiny", "--record").status == 0)
        let verified = try run("verify", "acme/tiny")
        #expect(verified.status == 0)
        #expect(verified.output.contains("acme/tiny/model.onnx.data\tintact"))
        let moved = try run("move", "acme/tiny", scratch.file("large"))
        #expect(moved.status == 0, "\(moved.errors)")
        #expect(moved.output.hasSuffix("/large/acme/tiny\n"))
        #expect(try run("verify").status == 0)
        let data = scratch.file("large/acme/tiny/model.onnx.data")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: data))
        bytes[5] ^= 1
        try bytes.write(to: URL(fileURLWithPath: data))
        let damaged = try run("verify")
        #expect(damaged.status == 65)
        #expect(damaged.output.contains("acme/tiny/model.onnx.data\tdamaged"))
        #expect(try run("remove", "acme/tiny").status == 0)
        #expect(!FileManager.default.fileExists(atPath: data))
        #expect(try run("models").output.hasPrefix("0 bytes in "))
        let gone = try run("remove", "acme/tiny")
        #expect(gone.status == 66)
        #expect(gone.errors.contains("error[store.not_found]"))
    }

    @Test func planSaysByItsExitCodeWhetherItFits() throws {
        let plan = try run("plan", "acme/tiny", "--no-speed", "--json")
        #expect(plan.status == 0)
        let json = try JSONValue.parse(plan.output)
        #expect(json["fits"]?.boolValue == true)
        let types = json["caches"]?.arrayValue?.compactMap { $0["type"]?.stringValue }
        #expect(types.map(Set.init) == ["float32", "float16", "bfloat16", "int16", "int8"])
        #expect((json["needed_bytes"]?.intValue ?? 0) > 1 << 20)
        #expect(try run("plan", "acme/tiny", "--no-speed", "--context", "100000000").status == 65)
        let tight = try TestEnvironment.run(
            "/bin/sh",
            [
                "-c", "ulimit -v 100000; exec \"$0\" plan \"$1\" --no-speed",
                try #require(TestEnvironment.command),
                scratch.file("models/acme/tiny"),
            ])
        // A process that may have 100 MB of addresses may not even start.
        if tight.output.contains("weights") {
            #expect(tight.status == 75, "\(tight.output)")
            #expect(tight.output.contains("ulimit -v"))
        }
        let speed = try run("plan", "acme/tiny")
        #expect(speed.output.contains("tokens/s written"))
    }

    @Test func doctorNamesWhatMends() throws {
        let data = scratch.file("models/acme/tiny/model.onnx.data")
        try Data(contentsOf: URL(fileURLWithPath: data)).prefix(1000).write(to: URL(fileURLWithPath: data))
        let outcome = try run("doctor", "acme/tiny")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("PROBLEM  model.onnx.data: cut off: 1000 of "))
        #expect(outcome.output.contains("mend it: onnxlm pull acme/tiny"))
        #expect(outcome.output.split(separator: "\n").count < 25, "one screen")
        let unknown = try run("doctor", "acme/none", "--json")
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("store.not_found"))
    }
}
