// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXModelStore
import ONNXTestSupport
import Testing

struct VerifyAndRemoveTests {
    private func store(_ scratch: ScratchFolder) throws -> (ModelStore, StoredModel) {
        try scratch.copyModel(ModelStoreTests.fixture, "acme/tiny")
        let store = ModelStore(root: scratch.path)
        return (store, try store.model("acme/tiny"))
    }

    @Test func verifyFindsEveryKindOfDamage() throws {
        let scratch = try ScratchFolder()
        let (_, model) = try store(scratch)
        let unrecorded = #expect(throws: ONNXError.self) { try ModelVerification(model) }
        #expect(unrecorded?.code == "store.unrecorded")

        let manifest = try ModelVerification.record(model)
        let names = try FileManager.default.contentsOfDirectory(atPath: model.path)
        #expect(manifest.files.map(\.name) == names.filter { !$0.hasPrefix(".") }.sorted())
        #expect(try ModelVerification(model).items.allSatisfy { $0.verdict == .intact })
        let data = "\(model.path)/model.onnx.data"
        let whole = try Data(contentsOf: URL(fileURLWithPath: data))
        func verdict() throws -> ModelVerification.Verdict? {
            try ModelVerification(model).items.first { $0.name == "model.onnx.data" }?.verdict
        }
        for offset in [0, whole.count / 2, whole.count - 1] {
            try flip(data, at: offset)
            guard case .damaged? = try verdict() else {
                Issue.record("a changed byte at \(offset) was not found")
                continue
            }
            #expect(model.problems().isEmpty, "lengths alone do not show it")
            try flip(data, at: offset)
        }
        try whole.dropLast().write(to: URL(fileURLWithPath: data))
        #expect(try verdict() == .wrongLength(whole.count - 1, expected: whole.count))
        #expect(model.problems().count == 1)
        try FileManager.default.removeItem(atPath: data)
        #expect(try verdict() == .missing)
    }

    @Test(arguments: [
        "", "{}", "[1]", #"{"format": 2, "files": []}"#,
        #"{"format": 1, "files": [{"name": "../x", "bytes": 1, "sha256": ""}]}"#,
        #"{"format": 1, "files": [{"name": "x", "bytes": -1, "sha256": ""}]}"#,
        #"{"format": 1, "files": [{"name": "x", "bytes": 1, "sha256": "abc"}]}"#,
    ])
    func aManifestThatCannotBeUnderstoodIsAnError(text: String) throws {
        let scratch = try ScratchFolder()
        let (_, model) = try store(scratch)
        try scratch.write(text, "acme/tiny/\(ModelManifest.fileName)")
        let error = #expect(throws: ONNXError.self) { try ModelVerification(model) }
        #expect(error?.code == "store.manifest")
        #expect(model.problems().count == 1)
    }

    @Test func removingTakesTheModelItsPartialDownloadAndItsOwnLinkTarget() throws {
        let scratch = try ScratchFolder()
        let (store, model) = try store(scratch)
        try scratch.write("{}", "acme/.tiny.incoming/.onnxlm-pull.json")
        #expect(try store.remove(model) > 100_000)
        #expect(store.models().isEmpty)
        #expect(Disk.names(in: scratch.file("acme")) == [".tiny.lock"])

        try scratch.copyModel(ModelStoreTests.fixture, "other/somebody's")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("acme/tiny"), withDestinationPath: scratch.file("other/somebody's"))
        try store.remove(try store.model("acme/tiny"))
        #expect(Disk.isFolder(scratch.file("other/somebody's")), "only the link is the store's")
        #expect(Disk.entry(scratch.file("acme/tiny")) == nil)
    }

    @Test func whatAProcessLeftHalfDoneIsEnded() throws {
        let scratch = try ScratchFolder()
        let (store, _) = try store(scratch)
        let tiny = scratch.file("acme/tiny")
        // Killed while removing.
        try FileManager.default.moveItem(atPath: tiny, toPath: scratch.file("acme/.tiny.removed"))
        #expect(store.models().isEmpty)
        #expect(Disk.entry(scratch.file("acme/.tiny.removed")) == nil)
        // Killed before the link stood in the place of the model, with the copy on the other disk.
        try scratch.copyModel(ModelStoreTests.fixture, "disk/acme/tiny")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("acme/.tiny.link"), withDestinationPath: scratch.file("disk/acme/tiny"))
        try scratch.copyModel(ModelStoreTests.fixture, "acme/.tiny.replaced")
        #expect(try store.model("acme/tiny").place == .linked)
        #expect(Disk.entry(scratch.file("acme/.tiny.replaced")) == nil)
        // Killed on the way home.
        try FileManager.default.moveItem(atPath: tiny, toPath: scratch.file("acme/.tiny.replaced"))
        #expect(try store.model("acme/tiny").problems().isEmpty)
        // Somebody is at work: nothing is touched.
        let lock = try ModelLock(of: tiny)
        try FileManager.default.moveItem(atPath: tiny, toPath: scratch.file("acme/.tiny.replaced"))
        #expect(throws: ONNXError.self) { try store.model("acme/tiny") }
        let error = #expect(throws: ONNXError.self) { try ModelLock(of: tiny) }
        #expect(error?.code == "store.locked")
        withExtendedLifetime(lock) {}
    }
}
