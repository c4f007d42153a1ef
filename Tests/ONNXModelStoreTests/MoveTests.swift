// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXModelStore
import ONNXTestSupport
import Testing

struct MoveTests {
    private func store(_ scratch: ScratchFolder) throws -> (ModelStore, StoredModel) {
        try scratch.copyModel(ModelStoreTests.fixture, "models/acme/tiny--cpu")
        let store = ModelStore(root: scratch.file("models"))
        let model = try store.model("acme/tiny/cpu")
        _ = try ModelVerification.record(model)
        return (store, model)
    }

    private func expectIntact(_ store: ModelStore, at path: String) throws {
        let model = try store.model("acme/tiny/cpu")
        #expect(model.realPath == Disk.realPath(path))
        #expect(try ModelVerification(model).items.allSatisfy { $0.verdict == .intact })
        #expect(store.models().map(\.name) == ["acme/tiny/cpu"])
        #expect(Disk.names(in: "\(store.root)/acme") == [".tiny--cpu.lock", "tiny--cpu"])
    }

    @Test func onOneDiskAndHomeAgain() throws {
        let scratch = try ScratchFolder()
        let (store, model) = try store(scratch)
        let place = try store.move(model, to: scratch.file("large"))
        #expect(place == Disk.realPath(scratch.file("large"))! + "/acme/tiny--cpu")
        try expectIntact(store, at: place)
        let moved = try store.model("acme/tiny/cpu")
        #expect(moved.place == .linked)
        let second = try store.move(moved, to: scratch.file("larger"))
        try expectIntact(store, at: second)
        #expect(Disk.entry(place) == nil)
        let again = try store.model("acme/tiny/cpu")
        #expect(throws: ONNXError.self) { try store.move(again, to: scratch.file("larger")) }
        let home = try store.move(again, to: scratch.file("models"))
        try expectIntact(store, at: home)
        #expect(Disk.entry(second) == nil)
        #expect(try store.model("acme/tiny/cpu").place == .store)
    }

    @Test func removingAMovedModelFreesItsNewPlace() throws {
        let scratch = try ScratchFolder()
        let (store, model) = try store(scratch)
        let place = try store.move(model, to: scratch.file("large"))
        #expect(try store.remove(store.model("acme/tiny/cpu")) > 100_000)
        #expect(Disk.entry(place) == nil)
        #expect(store.models().isEmpty)
    }

    @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
    func toAnotherDiskAndHomeAgain() throws {
        let scratch = try ScratchFolder()
        let disk = try SmallDisk(kibibytes: 4096)
        let (store, model) = try store(scratch)
        var told: [Int] = []
        let place = try store.move(model, to: disk.path + "/models") { told.append($0) }
        #expect(told == told.sorted())
        #expect(told.last ?? 0 >= 2 * model.byteCount)
        try expectIntact(store, at: place)
        let home = try store.move(try store.model("acme/tiny/cpu"), to: store.root)
        try expectIntact(store, at: home)
        #expect(Disk.entry(place) == nil)
    }

    @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
    func aFullDiskChangesNothing() throws {
        let scratch = try ScratchFolder()
        let disk = try SmallDisk(kibibytes: 128)
        let (store, model) = try store(scratch)
        try scratch.write([UInt8](repeating: 1, count: 1 << 20), "models/acme/tiny--cpu/more.bin")
        let error = #expect(throws: ONNXError.self) { try store.move(model, to: disk.path) }
        #expect(error?.code == "io.no_space")
        try expectIntact(store, at: model.path)
        #expect(Disk.names(in: disk.path + "/acme") == [".tiny--cpu.lock"])
    }

    @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
    func aDamagedModelIsNotMoved() throws {
        let scratch = try ScratchFolder()
        let disk = try SmallDisk(kibibytes: 4096)
        let (store, model) = try store(scratch)
        try flip(model.path + "/model.onnx.data", at: 77)
        let error = #expect(throws: ONNXError.self) { try store.move(model, to: disk.path) }
        #expect(error?.code == "store.damaged")
        #expect(try store.model("acme/tiny/cpu").place == .store)
        #expect(Disk.names(in: disk.path + "/acme") == [".tiny--cpu.lock"])
    }

    @Test(.enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"))
    func aMoveThatIsStoppedAnywhereLeavesTheModelWhole() throws {
        for stop in 1..<14 {
            let scratch = try ScratchFolder()
            let disk = try SmallDisk(kibibytes: 4096)
            let (store, model) = try store(scratch)
            var steps = 0
            let place = try? store.move(model, to: disk.path) { (_) throws(ONNXError) in
                steps += 1
                if steps == stop { throw ONNXError("run.cancelled", "stopped") }
            }
            try expectIntact(store, at: place ?? model.path)
        }
    }

    @Test func anIncompleteModelIsNotMoved() throws {
        let scratch = try ScratchFolder()
        let (store, model) = try store(scratch)
        try FileManager.default.removeItem(atPath: model.path + "/model.onnx.data")
        let error = #expect(throws: ONNXError.self) { try store.move(model, to: scratch.file("large")) }
        #expect(error?.code == "store.incomplete")
    }
}
