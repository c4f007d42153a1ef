// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXModelStore
import ONNXTestSupport
import Testing

struct ModelStoreTests {
    static let fixture = "0.18.0-llama-int4"

    @Test func listsWhatIsThereAndWhatIsMissing() throws {
        let scratch = try ScratchFolder()
        try scratch.copyModel(Self.fixture, "models/acme/whole")
        try scratch.copyModel(Self.fixture, "models/acme/short--cpu--int4")
        try scratch.copyModel(Self.fixture, "models/acme/missing")
        try scratch.copyModel(Self.fixture, "elsewhere/linked")
        try scratch.copyModel(Self.fixture, "models/mine")
        try FileManager.default.removeItem(atPath: scratch.file("models/acme/missing/model.onnx.data"))
        let data = scratch.file("models/acme/short--cpu--int4/model.onnx.data")
        truncate(data, 100)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("models/acme/linked"), withDestinationPath: scratch.file("elsewhere/linked"))
        try scratch.write(
            #"{"files": [{"bytes": 100, "landed": [[0, 10], [20, 30]]}, {"bytes": 50, "landed": []}]}"#,
            "models/acme/.later.incoming/.onnxlm-pull.json")
        try scratch.write("no model", "models/acme/notes/readme.txt")

        let store = ModelStore(root: scratch.file("models"))
        let models = store.models()
        #expect(
            models.map(\.name) == [
                "acme/later", "acme/linked", "acme/missing", "acme/short/cpu/int4", "acme/whole", "mine",
            ])
        #expect(models.map(\.place) == [.partial, .linked, .store, .store, .store, .store])
        let problems = models.map { $0.problems().first ?? "" }
        #expect(problems[0] == "20 of 150 bytes are downloaded")
        #expect(problems[1] == "")
        #expect(problems[2].contains("\"model.onnx.data\" is missing"))
        #expect(problems[3].contains("has 100 of"))
        #expect(models[4].type == "llama")
        #expect(models[4].byteCount > 100_000)
        #expect(try store.model("acme/short/cpu/int4").path == scratch.file("models/acme/short--cpu--int4"))
        #expect(try store.model("mine").path == scratch.file("models/mine"))
        let error = #expect(throws: ONNXError.self) { try store.model("acme/none") }
        #expect(error?.code == "store.not_found")
        #expect(error?.message.contains("acme/whole") == true)
    }

    @Test func theLastUseIsNoted() throws {
        let scratch = try ScratchFolder()
        try scratch.copyModel(Self.fixture, "acme/tiny")
        let store = ModelStore(root: scratch.path)
        let model = try store.model("acme/tiny")
        #expect(model.lastUsed == nil)
        store.markUsed(model)
        #expect(abs(Double(model.lastUsed ?? 0) - Date().timeIntervalSince1970) < 5)
    }

    @Test func theCacheOfHuggingFaceIsUsedInPlace() throws {
        let scratch = try ScratchFolder()
        let real = try scratch.copyModel(Self.fixture, "real")
        let repository = scratch.file("hub/models--acme--tiny")
        let snapshot = "\(repository)/snapshots/c0ffee"
        try FileManager.default.createDirectory(atPath: snapshot + "/cpu", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: repository + "/blobs", withIntermediateDirectories: true)
        try scratch.write("c0ffee", "hub/models--acme--tiny/refs/main")
        try scratch.write("old", "hub/models--acme--tiny/snapshots/0ld/model.onnx")
        for name in try FileManager.default.contentsOfDirectory(atPath: real) {
            let file = try DiskFile(reading: "\(real)/\(name)")
            // Large files are named by SHA-256, small ones as Git does.
            let sum = name.hasPrefix("model") ? try SHA256Sum.of(file) : try GitBlobSum.of(file)
            try FileManager.default.copyItem(atPath: "\(real)/\(name)", toPath: "\(repository)/blobs/\(sum)")
            try FileManager.default.createSymbolicLink(
                atPath: "\(snapshot)/cpu/\(name)", withDestinationPath: "../../../blobs/\(sum)")
        }
        let store = ModelStore(
            root: scratch.file("none"), huggingFace: HuggingFaceCache(scratch.file("hub")))
        let model = try store.model("acme/tiny/cpu")
        #expect(model.path == snapshot + "/cpu")
        #expect(model.place == .huggingFace)
        #expect(model.problems().isEmpty)
        #expect(store.models().map(\.name) == ["acme/tiny/cpu"])
        #expect(try ModelVerification(model).items.allSatisfy { $0.verdict == .intact })
        let error = #expect(throws: ONNXError.self) { try store.remove(model) }
        #expect(error?.code == "store.foreign")

        let blob = try #require(Disk.realPath("\(snapshot)/cpu/model.onnx.data"))
        try flip(blob, at: 1000)
        let damaged = try ModelVerification(model).items.filter { $0.verdict.isProblem }
        #expect(damaged.map(\.name) == ["model.onnx.data"])
    }

    @Test(
        arguments: [
            (["ONNXLM_MODELS": "/a/b/"], "/a/b", nil),
            (["XDG_DATA_HOME": "/d", "HOME": "/h"], "/d/onnxlm/models", "/h/.cache/huggingface/hub"),
            (
                ["XDG_DATA_HOME": "d", "HOME": "/h"], "/h/.local/share/onnxlm/models",
                "/h/.cache/huggingface/hub"
            ),
            (["HF_HOME": "/f"], nil, "/f/hub"), (["HF_HUB_CACHE": "/c", "HF_HOME": "/f"], nil, "/c"),
            (["XDG_CACHE_HOME": "/x"], nil, "/x/huggingface/hub"), (["ONNXLM_MODELS": ""], nil, nil),
        ] as [([String: String], String?, String?)])
    func theEnvironmentNamesTheFolders(values: [String: String], models: String?, cache: String?) {
        let environment = StoreEnvironment(values)
        #expect(environment.modelsFolder == models)
        #expect(environment.huggingFaceCache == cache)
    }

    private func truncate(_ path: String, _ count: Int) {
        let handle = FileHandle(forWritingAtPath: path)
        try? handle?.truncate(atOffset: UInt64(count))
    }
}

/// Changes one byte of a file.
func flip(_ path: String, at offset: Int) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data[offset] ^= 1
    try data.write(to: URL(fileURLWithPath: path))
}
