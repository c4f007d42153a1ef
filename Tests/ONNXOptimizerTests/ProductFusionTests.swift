// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOptimizer
import ONNXTensors
import Testing

/// Gated products, the way down behind them, and norms joined with products, each against its unfused twin.
@Suite struct ProductFusionTests {
    typealias F = OptimizerFixture

    private static let width = 64
    private static let hidden = 40
    private static let passes: Set<String> = ["gated-products", "feed-forward", "norm-products"]

    /// A residual sum and norm, gate and up of what it gives, their SiLU product, and the way down.
    private static func feedForward(
        blockSizes: [Int] = [32, 32, 32], level: Int = 4, swapped: Bool = false, skip: Bool = true,
        rows: Int = 5, hidden: Int = hidden,
        change: (inout Graph) -> Void = { _ in }
    ) throws -> Graph {
        var graph = Graph(
            inputs: [F.input("x", [1, rows, width]), F.input("r", [1, rows, width])],
            outputs: ["y", "s"].map(F.output))
        graph.initializers["gamma"] = F.floats((0..<width).map { 0.5 + Float($0 % 7) / 8 })
        func product(_ name: String, _ input: String, _ k: Int, _ n: Int, _ blockSize: Int) throws -> Node {
            let blocks = (k + blockSize - 1) / blockSize
            let bytes = (0..<n * blocks * blockSize / 2).map {
                UInt8(truncatingIfNeeded: $0 &* 37 &+ name.utf8.count &* 11 &+ $0 / 5)
            }
            graph.initializers["w_\(name)"] = try Tensor(bytes, shape: [n, blocks, blockSize / 2])
            graph.initializers["z_\(name)"] = F.floats(
                (0..<n * blocks).map { 0.02 + Float($0 % 5) / 100 }, [n, blocks])
            return F.node(
                "MatMulNBits", [input, "w_\(name)", "z_\(name)"], name,
                [
                    "K": .int(k), "N": .int(n), "block_size": .int(blockSize),
                    "accuracy_level": .int(level),
                ], domain: "com.microsoft")
        }
        let norm =
            skip
            ? Node(
                name: "norm", domain: "com.microsoft", operatorType: "SkipSimplifiedLayerNormalization",
                inputs: ["x", "r", "gamma"], outputs: ["h", "", "", "s"],
                attributes: ["epsilon": .float(1e-5)])
            : F.node("SimplifiedLayerNormalization", ["x", "gamma"], "h", ["epsilon": .float(1e-5)])
        let first = swapped ? "up" : "gate"
        let second = swapped ? "gate" : "up"
        graph.nodes = [
            norm, try product(first, "h", width, hidden, blockSizes[0]),
            try product(second, "h", width, hidden, blockSizes[1]), F.node("Sigmoid", ["gate"], "sigmoid"),
            F.node("Mul", ["gate", "sigmoid"], "silu"), F.node("Mul", ["silu", "up"], "joined"),
            try product("y", "joined", hidden, width, blockSizes[2]),
        ]
        if !skip { graph.nodes.append(F.node("Add", ["x", "r"], "s")) }
        change(&graph)
        return graph
    }

    private static var inputs: [String: Tensor] { inputs(rows: 5) }

    private static func inputs(rows: Int) -> [String: Tensor] {
        func values(_ step: Float) -> Tensor {
            F.floats((0..<rows * width).map { sinLike(Float($0) * step) }, [1, rows, width])
        }
        return ["x": values(0.37), "r": values(0.11)]
    }

    private static func sinLike(_ value: Float) -> Float { value.truncatingRemainder(dividingBy: 3) - 1.4 }

    @Test(arguments: [true, false], [true, false]) func joinsNormGateUpAndDown(swapped: Bool, skip: Bool)
        throws
    {
        let graph = try Self.feedForward(swapped: swapped, skip: skip)
        let fused = try F.optimized(graph).operators.filter { $0 != "Add" }
        #expect(fused == ["onnxlm.NormMatMulNBits"])
        // The fused SiLU rounds otherwise than Sigmoid and Mul; all else keeps its bits.
        let twin = try F.run(graph, Self.inputs, disabled: Self.passes)
        for disabled: Set<String> in [[], ["gated-products"], ["feed-forward"], ["norm-products"]] {
            let computed = try F.run(graph, Self.inputs, disabled: disabled)
            for name in ["y", "s"] {
                #expect(try bits(computed[name]) == bits(twin[name]), "\(name) without \(disabled)")
            }
        }
    }

    /// Numbers of rows and columns that leave groups, tasks and blocks incomplete.
    @Test(arguments: [1, 2, 4, 7, 133], [(16, 40), (16, 56), (32, 320), (64, 200), (128, 384), (256, 1096)])
    func theWayDownReadsTheSameCodes(rows: Int, _ down: (blockSize: Int, hidden: Int)) throws {
        let graph = try Self.feedForward(
            blockSizes: [32, 32, down.blockSize], rows: rows, hidden: down.hidden)
        #expect(try F.optimized(graph).operators == ["onnxlm.NormMatMulNBits"])
        let inputs = Self.inputs(rows: rows)
        let twin = try F.run(graph, inputs, disabled: Self.passes)
        let computed = try F.run(graph, inputs, disabled: [])
        #expect(try bits(computed["y"]) == bits(twin["y"]))
    }

    @Test(arguments: ["accuracy level", "order of inputs"]) func leavesAWayDownOfFloats(reason: String) throws
    {
        let graph = try Self.feedForward { graph in
            let last = graph.nodes.count - 1
            if reason == "accuracy level" {
                graph.nodes[last].attributes["accuracy_level"] = .int(0)
            } else {
                let order = (0..<64).map { Int32($0 % 2) }
                graph.initializers["order"] = try? Tensor(order, shape: [64])
                graph.nodes[last].inputs += ["", "order"]
            }
        }
        let operators = try F.optimized(graph).operators
        #expect(operators == ["onnxlm.NormMatMulNBits", "com.microsoft.MatMulNBits"])
        let twin = try F.run(graph, Self.inputs, disabled: Self.passes)
        let computed = try F.run(graph, Self.inputs, disabled: [])
        #expect(try bits(computed["y"]) == bits(twin["y"]))
    }

    private func bits(_ tensor: Tensor?) throws -> [UInt32] {
        try #require(tensor).values(as: Float.self).map(\.bitPattern)
    }

    @Test func leavesProductsOfOtherActivations() throws {
        for graph in [try Self.feedForward(blockSizes: [32, 64, 32]), try Self.feedForward(level: 0)] {
            let operators = try F.optimized(graph).operators
            #expect(!operators.contains("onnxlm.NormMatMulNBits"))
            #expect(operators.contains("onnxlm.SiluMultiply"))
        }
    }

    /// Accuracy level 4 leaves activations floats where zero points are, and where weights have 2 bits in some blocks.
    @Test(arguments: [true, false]) func leavesProductsThatKeepFloats(hasFloatZeros: Bool) throws {
        let graph = try Self.feedForward(blockSizes: hasFloatZeros ? [32, 32, 32] : [16, 16, 32]) { graph in
            for index in graph.nodes.indices {
                let name = graph.nodes[index].outputs[0]
                guard ["gate", "up"].contains(name) else { continue }
                let blocks = Self.width / (hasFloatZeros ? 32 : 16)
                if hasFloatZeros {
                    graph.initializers["zero_\(name)"] = F.floats(
                        (0..<Self.hidden * blocks).map { 7 + Float($0 % 3) / 2 }, [Self.hidden, blocks])
                    graph.nodes[index].inputs.append("zero_\(name)")
                } else {
                    let bytes = (0..<Self.hidden * blocks * 4).map { UInt8(truncatingIfNeeded: $0 &* 37) }
                    graph.initializers["w_\(name)"] = try? Tensor(bytes, shape: [Self.hidden, blocks, 4])
                    graph.nodes[index].attributes["bits"] = .int(2)
                }
            }
        }
        let computed = try F.run(graph, Self.inputs, disabled: [])
        let twin = try F.run(graph, Self.inputs, disabled: Self.passes)
        for name in ["y", "s"] { #expect(try bits(computed[name]) == bits(twin[name])) }
    }

    @Test(arguments: ["h", "gate", "up", "joined"]) func leavesValuesThatOthersRead(name: String) throws {
        let graph = try Self.feedForward { $0.outputs.append(F.output(name)) }
        let operators = try F.optimized(graph).operators
        #expect(operators.contains("onnxlm.NormMatMulNBits") == (name != "h"))
        #expect(operators.contains("onnxlm.SiluMultiply") == ["gate", "up"].contains(name))
        #expect(operators.contains("com.microsoft.MatMulNBits") == (name != "h"))
        let computed = try F.run(graph, Self.inputs, disabled: [])
        let twin = try F.run(graph, Self.inputs, disabled: Self.passes)
        #expect(try bits(computed[name]) == bits(twin[name]))
    }

    @Test func canBeLeftOut() throws {
        let operators = try F.optimized(
            Self.feedForward(), disabled: Self.passes
        ).operators
        #expect(operators.contains("onnxlm.MatMulNBitsGroup"))
        #expect(operators.contains("com.microsoft.SkipSimplifiedLayerNormalization"))
    }
}
