// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOptimizer
import ONNXTensors
import Testing

@Suite struct FusionTests {
    typealias F = OptimizerFixture

    private static func silu(outputs: [String] = ["y"], more: [Node] = []) -> Graph {
        Graph(
            nodes: [
                F.node("Sigmoid", ["x"], "s"), F.node("Mul", ["x", "s"], "g"),
                F.node("Mul", ["u", "g"], "y"),
            ] + more, inputs: [F.input("x", [2]), F.input("u", [2])], outputs: outputs.map(F.output))
    }

    @Test func fusesSiluAndProduct() throws {
        let graph = try F.optimized(Self.silu())
        #expect(graph.operators == ["onnxlm.SiluMultiply"])
        #expect(graph.nodes[0].inputs == ["x", "u"])
    }

    /// What others read is still computed.
    @Test(arguments: ["s", "g"]) func leavesInnerValuesThatAreRead(name: String) throws {
        #expect(try F.optimized(Self.silu(outputs: ["y", name])).operators == ["Sigmoid", "Mul", "Mul"])
        let reader = F.node("Add", [name, name], "z")
        #expect(try F.optimized(Self.silu(outputs: ["y", "z"], more: [reader])).operators.count == 4)
        let branch = Graph(nodes: [F.node("Add", [name, name], "r")], outputs: [F.output("r")])
        let choice = F.node("If", ["c"], "z", ["then_branch": .graph(branch), "else_branch": .graph(branch)])
        var graph = Self.silu(outputs: ["y", "z"], more: [choice])
        graph.inputs.append(ValueInfo(name: "c", type: .tensor(.bool, [])))
        #expect(!(try F.optimized(graph).operators.contains("onnxlm.SiluMultiply")))
    }

    @Test func leavesASigmoidOfAnotherValue() throws {
        var graph = Self.silu()
        graph.nodes[0].inputs = ["u"]
        #expect(try F.optimized(graph).operators == ["Sigmoid", "Mul", "Mul"])
    }

    /// Shapes that broadcast, and other float types, give what the separate steps give.
    @Test(arguments: [([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3])]) func broadcasts(x: [Int], u: [Int])
        throws
    {
        var graph = Self.silu()
        graph.inputs = [F.input("x", x), F.input("u", u)]
        func values(_ shape: [Int]) -> Tensor {
            F.floats((0..<shape.reduce(1, *)).map { Float($0) * 0.7 - 1 }, shape)
        }
        let inputs = ["x": values(x), "u": values(u)]
        let expected = try #require(try F.run(graph, inputs)["y"])
        let computed = try #require(try F.run(graph, inputs, disabled: [])["y"])
        #expect(computed.shape == expected.shape)
        #expect(try computed.values(as: Float.self) == expected.values(as: Float.self))
    }

    private static func products(_ change: (inout Graph) -> Void = { _ in }) -> Graph {
        var graph = Graph(inputs: [F.input("x", [1, 32])], outputs: ["a", "b"].map(F.output))
        graph.initializers["w"] = try! Tensor((0..<64).map { UInt8($0 * 3) }, shape: [4, 1, 16])
        graph.initializers["s"] = F.floats([0.5, -0.25, 0.125, 1], [4, 1])
        let attributes: [String: Attribute] = ["K": .int(32), "N": .int(4), "block_size": .int(32)]
        graph.nodes = ["a", "b"].map {
            F.node("MatMulNBits", ["x", "w", "s"], $0, attributes, domain: "com.microsoft")
        }
        change(&graph)
        return graph
    }

    @Test func fusesProductsOfOneInput() throws {
        let graph = try F.optimized(Self.products())
        #expect(graph.operators == ["onnxlm.MatMulNBitsGroup"])
        let inputs = ["x": F.floats((0..<32).map { Float($0) / 7 - 2 }, [1, 32])]
        let (plain, fused) = (
            try F.run(Self.products(), inputs), try F.run(Self.products(), inputs, disabled: [])
        )
        for name in ["a", "b"] {
            #expect(try plain[name]?.values(as: Float.self) == fused[name]?.values(as: Float.self))
        }
    }

    @Test func leavesProductsOfWeightsThatAreNotConstant() throws {
        let graph = Self.products {
            $0.inputs.append(F.input("s", [4, 1]))
            $0.initializers["s"] = nil
        }
        #expect(try F.optimized(graph).operators.allSatisfy { $0 == "com.microsoft.MatMulNBits" })
    }

    @Test func leavesProductsWithUnknownAttributes() throws {
        let graph = Self.products { $0.nodes[0].attributes["future"] = .int(1) }
        #expect(try F.optimized(graph).operators.allSatisfy { $0 == "com.microsoft.MatMulNBits" })
    }

    @Test func canBeLeftOut() throws {
        #expect(try F.optimized(Self.products(), disabled: ["shared-input"]).operators.count == 2)
        #expect(try F.optimized(Self.silu(), disabled: ["silu-mul"]).operators.count == 3)
    }
}
