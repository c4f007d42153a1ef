// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
import Testing

struct ProtobufArenaTests {
    private func kept() throws -> [UInt8] {
        let attributes = (0..<20).map {
            Messages.attribute("a\($0)", type: 8, Wire().text(9, "one").text(9, "two"))
        }
        let nodes = (0..<20).map {
            Messages.node("Op", ["x"], [$0 == 0 ? "y" : "v\($0)"], attributes: attributes)
        }
        let tensor = Messages.tensor("w", 7, [3], Wire().data(7, [1, 2, 3]))
        let bytes = Messages.model(graph: Messages.graph(nodes: nodes, initializers: [tensor])).bytes
        return try scan(bytes).kept
    }

    @Test(arguments: [false, true])
    func survivesEveryFailingRequest(isLasting: Bool) throws {
        let bytes = try kept()
        let arena = ProtobufArena(byteCount: 1 << 24)
        #expect(arena.unpacksModel(bytes))
        let requests = arena.requestCount
        #expect(requests > 1000)
        for failing in 0..<requests {
            let failingArena = ProtobufArena(byteCount: 1 << 24, failingAt: failing, isLasting: isLasting)
            #expect(!failingArena.unpacksModel(bytes), "request \(failing)")
            #expect(failingArena.isExhausted)
        }
        #expect(
            ProtobufArena(byteCount: 1 << 24, failingAt: requests, isLasting: isLasting).unpacksModel(bytes))
    }

    @Test func staysWithinItsBudget() throws {
        let arena = ProtobufArena(byteCount: 3 << 20)
        var count = 0
        while let piece = arena.allocate(1000) {
            piece.storeBytes(of: 1, as: UInt8.self)
            count += 1
            #expect(UInt(bitPattern: piece) % 16 == 0)
        }
        #expect(count == 3 * ((1 << 20) / 1008))
        #expect(arena.allocate(4 << 20) == nil)
        #expect(ProtobufArena(byteCount: 100).allocate(96) != nil)
        #expect(ProtobufArena(byteCount: 100).allocate(112) == nil)
        #expect(ProtobufArena(byteCount: 100).allocate(.max) == nil)
        #expect(ProtobufArena(byteCount: 100).allocate(-1) == nil)
    }

    @Test func budgetIsAnError() throws {
        var options = ImportOptions()
        options.limits.arenaBaseByteCount = 100
        options.limits.arenaFactor = 1
        let bytes = Messages.model(graph: Messages.graph()).bytes
        expect("proto.budget") { () throws(ONNXError) in try ModelReader.load(bytes: bytes, options: options)
        }
        var kept = ImportOptions()
        kept.limits.keptByteCount = 20
        expect("proto.budget") { () throws(ONNXError) in try ModelReader.load(bytes: bytes, options: kept) }
    }
}
