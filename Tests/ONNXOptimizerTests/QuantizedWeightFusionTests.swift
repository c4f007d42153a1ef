// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOptimizer
import ONNXTensors
import Testing

/// Products of dequantised weights as quantised products, each against its unfused twin.
@Suite struct QuantizedWeightFusionTests {
    typealias F = OptimizerFixture

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var type = ElementType.int4
        var k = 64
        var n = 24
        var blockSize = 32
        var hasZeroPoints = false
        var axis = 0
        var isFused = true
    }

    static let cases = [
        Case(description: "int4"), Case(description: "int4 with zero points", hasZeroPoints: true),
        Case(description: "uint4", type: .uint4),
        Case(description: "uint4 with zero points", type: .uint4, hasZeroPoints: true),
        Case(description: "odd columns", n: 37, hasZeroPoints: true),
        Case(description: "one column", n: 1), Case(description: "many columns", k: 32, n: 131),
        Case(description: "odd blocks", k: 96, n: 9, hasZeroPoints: true),
        Case(description: "blocks of 16", k: 48, n: 10, blockSize: 16, hasZeroPoints: true),
        Case(description: "blocks of 128", k: 256, n: 10, blockSize: 128),
        Case(description: "blocks along the columns", n: 64, axis: 1, isFused: false),
        Case(description: "a last block that is not whole", k: 80, isFused: false),
        Case(description: "blocks of 8", blockSize: 8, isFused: false),
    ]

    private static func graph(_ test: Case) throws -> Graph {
        let blocks = ((test.axis == 0 ? test.k : test.n) + test.blockSize - 1) / test.blockSize
        let scaleShape = test.axis == 0 ? [blocks, test.n] : [test.k, blocks]
        var graph = Graph(inputs: [F.input("x", [3, test.k])], outputs: [F.output("y")])
        func packed(_ shape: [Int], _ step: Int) throws -> Tensor {
            let tensor = try Tensor(allocating: test.type, Shape(shape), zeroed: true)
            for byte in 0..<tensor.byteCount {
                tensor.mutableBaseAddress.storeBytes(
                    of: UInt8(truncatingIfNeeded: byte &* step &+ byte / 7), toByteOffset: byte,
                    as: UInt8.self)
            }
            return tensor
        }
        graph.initializers["q"] = try packed([test.k, test.n], 37)
        let scaleCount = scaleShape[0] * scaleShape[1]
        graph.initializers["s"] = F.floats((0..<scaleCount).map { 0.01 + Float($0 % 11) / 300 }, scaleShape)
        if test.hasZeroPoints { graph.initializers["z"] = try packed(scaleShape, 91) }
        graph.nodes = [
            F.node(
                "DequantizeLinear", ["q", "s"] + (test.hasZeroPoints ? ["z"] : []), "w",
                ["axis": .int(test.axis), "block_size": .int(test.blockSize)]),
            F.node("MatMul", ["x", "w"], "y"),
        ]
        return graph
    }

    @Test(arguments: cases) func theProductIsTheSame(_ test: Case) throws {
        let graph = try Self.graph(test)
        // Small weights would be folded.
        let operators = try F.optimized(graph, disabled: ["constant-folding"]).operators
        #expect(operators.contains("com.microsoft.MatMulNBits") == test.isFused, "\(operators)")
        #expect(operators.contains("DequantizeLinear") != test.isFused)
        let x = F.floats((0..<3 * test.k).map { Float(($0 * 29) % 17) / 8 - 1 }, [3, test.k])
        let plain = try #require(F.run(graph, ["x": x])["y"]).values(as: Float.self)
        let fused = try #require(F.run(graph, ["x": x], disabled: [])["y"]).values(as: Float.self)
        let largest = plain.reduce(Float(0)) { max($0, abs($1)) }
        #expect(largest > 0)
        for (a, b) in zip(plain, fused) { #expect(abs(a - b) <= 1e-5 * largest) }
    }

    @Test func weightsThatOthersReadStay() throws {
        var graph = try Self.graph(Case(description: ""))
        graph.nodes.append(F.node("Neg", ["w"], "v"))
        graph.outputs.append(F.output("v"))
        let operators = try F.optimized(graph, disabled: ["constant-folding"]).operators
        #expect(operators == ["DequantizeLinear", "com.microsoft.MatMulNBits", "Neg"])
    }
}
