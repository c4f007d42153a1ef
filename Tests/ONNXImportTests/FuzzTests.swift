// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXImport
import ONNXTestSupport
import Testing

/// Thousands of damaged copies of a valid model: each is read or refused, and none stops the process.
struct FuzzTests {
    private static let model: [UInt8] = {
        let branch = Messages.graph(
            nodes: [
                Messages.node(
                    "Op", ["x", "w"], ["r"],
                    attributes: [Messages.attribute("is", type: 7, Wire().data(8, [1, 2, 0x80, 1]))])
            ],
            inputs: [], outputs: ["r"])
        let nodes = [
            Messages.node(
                "If", ["x"], ["t"], name: "if",
                attributes: [
                    Messages.subgraph("then_branch", branch), Messages.subgraph("else_branch", branch),
                ]),
            Messages.node(
                "f", ["t"], ["y"], name: "call", domain: "local",
                attributes: [Messages.attribute("k", type: 2, Wire().number(3, 4))]),
            Messages.node(
                "Constant", [], ["c"],
                attributes: [
                    Messages.attribute(
                        "value", type: 4,
                        Wire().message(5, Messages.tensor("", 22, [3], Wire().data(9, [1, 2]))))
                ]),
        ]
        let initializers = [
            Messages.tensor("w", 1, [2, 2], Wire().data(9, [UInt8](repeating: 0, count: 16))),
            Messages.tensor("i", 7, [2], Wire().data(7, [1, 2])),
            Messages.tensor("s", 8, [1], Wire().text(6, "text")),
            Messages.tensor(
                "e", 1, [1], Messages.external([("location", "data"), ("offset", "4"), ("length", "4")])),
        ]
        let function = Messages.function(
            "f",
            nodes: [
                Messages.node(
                    "Op", ["a"], ["b"], attributes: [Wire().text(1, "k").text(21, "k").number(20, 2)])
            ],
            attributes: ["k"])
        return Messages.model(
            graph: Messages.graph(nodes: nodes, initializers: initializers), functions: [function]
        ).bytes
    }()

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[index] = [0, 1, 0x7F, 0x80, 0xFF, 0x0A].randomElement(using: &random) ?? 0
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            case 3: bytes.remove(at: index)
            case 4:
                bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...16, using: &random)))
            default:
                let piece = Array(bytes[index..<min(bytes.count, index + 24)])
                bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func damagedModels(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        let options = ImportOptions(externalData: .skipped)
        for _ in 0..<1500 {
            var bytes = Self.model
            Self.mutate(&bytes, &random)
            do throws(ONNXError) {
                let model = try ModelReader.load(bytes: bytes, options: options)
                accepted += 1
                _ = try model.inliningFunctions { _, _ in false }.graph.removingDeadNodes()
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        // Some damage hits names and numbers only: a fuzzer whose files all fail at the first tag tests nothing.
        #expect(accepted > 20, "seed \(seed)")
    }

    @Test func theUndamagedModelIsRead() throws {
        let model = try ModelReader.load(bytes: Self.model, options: ImportOptions(externalData: .skipped))
        let inlined = try model.inliningFunctions { _, _ in false }
        #expect(inlined.graph.nodes.map(\.operatorType) == ["If", "Op", "Constant"])
        #expect(inlined.graph.removingDeadNodes().nodes.map(\.operatorType) == ["If", "Op"])
    }
}
