// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOptimizer
import ONNXTensors
import Testing

@Suite struct ConstantFoldingTests {
    typealias F = OptimizerFixture

    private static func graph(_ nodes: [Node], _ output: String, _ constants: [String: Tensor] = [:]) -> Graph
    {
        Graph(nodes: nodes, inputs: [F.input("x", [2])], outputs: [F.output(output)], initializers: constants)
    }

    @Test func foldsChains() throws {
        let graph = Self.graph(
            [
                F.node("Add", ["a", "a"], "b"), F.node("Mul", ["b", "a"], "c"),
                F.node("Add", ["c", "x"], "d"),
            ], "d", ["a": F.floats([1, 2])])
        let folded = try F.optimized(graph)
        #expect(folded.operators == ["Add"])
        #expect(try folded.initializers["c"]?.values(as: Float.self) == [2, 8])
    }

    @Test func aFoldedOutputStaysAnOutput() throws {
        let graph = Self.graph([F.node("Add", ["a", "a"], "b")], "b", ["a": F.floats([1, 2])])
        let folded = try F.optimized(graph)
        #expect(folded.nodes.isEmpty)
        let outputs = try F.run(graph, ["x": F.floats([0, 0])], disabled: [])
        #expect(try outputs["b"]?.values(as: Float.self) == [2, 4])
    }

    /// A view of a constant beyond every limit is folded and shares its memory.
    @Test func viewsOfLargeConstantsAreFree() throws {
        let weight = F.floats([Float](repeating: 1, count: 64), [8, 8])
        let graph = Self.graph(
            [F.node("Reshape", ["w", "shape"], "v"), F.node("Mul", ["v", "v"], "m")], "m",
            ["w": weight, "shape": try Tensor([Int64(64)], shape: [1])])
        let folded = try F.optimized(graph) { $0.foldedValueByteLimit = 16 }
        #expect(folded.operators == ["Mul"])
        #expect(folded.initializers["v"]?.storage === weight.storage)
    }

    @Test(arguments: [(255, ["Mul"]), (256, [])]) func keepsTheLimitOfAValue(limit: Int, left: [String])
        throws
    {
        let graph = Self.graph(
            [F.node("Mul", ["w", "w"], "m")], "m", ["w": F.floats([Float](repeating: 2, count: 64))])
        #expect(try F.optimized(graph) { $0.foldedValueByteLimit = limit }.operators == left)
    }

    @Test func keepsTheLimitOfAll() throws {
        let graph = Self.graph(
            [
                F.node("Mul", ["w", "w"], "m"), F.node("Add", ["w", "w"], "a"),
                F.node("Add", ["m", "a"], "s"),
            ], "s",
            ["w": F.floats([Float](repeating: 2, count: 64))])
        let folded = try F.optimized(graph) { $0.foldedByteLimit = 600 }
        #expect(folded.operators == ["Add"])
    }

    /// A few bytes that ask for gigabytes stay as they are.
    @Test func doesNotExpandAtLoad() throws {
        let graph = Self.graph(
            [F.node("ConstantOfShape", ["s"], "big")], "big",
            ["s": try Tensor([Int64(1) << 31, 1 << 20], shape: [2])])
        #expect(try F.optimized(graph).operators == ["ConstantOfShape"])
    }

    @Test func aFailingNodeStays() throws {
        let graph = Self.graph(
            [F.node("Add", ["a", "b"], "c")], "c", ["a": F.floats([1, 2]), "b": F.floats([1, 2, 3])])
        #expect(try F.optimized(graph).operators == ["Add"])
    }

    @Test func canBeLeftOut() throws {
        let graph = Self.graph([F.node("Add", ["a", "a"], "b")], "b", ["a": F.floats([1, 2])])
        #expect(try F.optimized(graph, disabled: ["constant-folding"]).operators == ["Add"])
    }

    /// Branches fold what depends on constants of their own and of the graphs around them.
    @Test func foldsInSubgraphs() throws {
        var branch = Graph(outputs: [F.output("r")])
        branch.initializers["own"] = F.floats([3, 3])
        branch.nodes = [F.node("Add", ["outer", "own"], "s"), F.node("Add", ["s", "x"], "r")]
        let node = F.node("If", ["c"], "y", ["then_branch": .graph(branch), "else_branch": .graph(branch)])
        let graph = Self.graph(
            [node], "y", ["outer": F.floats([1, 2]), "c": try Tensor([true], shape: [])])
        let folded = try F.optimized(graph)
        #expect(folded.operators == ["If", "Add", "Add"])
        let outputs = try F.run(graph, ["x": F.floats([10, 20])], disabled: [])
        #expect(try outputs["y"]?.values(as: Float.self) == [14, 25])
    }

    /// A value that a branch computes itself hides a constant of the same name around it.
    @Test func innerNamesHideOuterConstants() throws {
        var branch = Graph(outputs: [F.output("r")])
        branch.nodes = [F.node("Add", ["x", "x"], "hidden"), F.node("Add", ["hidden", "hidden"], "r")]
        let node = F.node("If", ["c"], "y", ["then_branch": .graph(branch), "else_branch": .graph(branch)])
        let graph = Self.graph(
            [node], "y", ["hidden": F.floats([1, 2]), "c": try Tensor([true], shape: [])])
        #expect(try F.optimized(graph).operators == ["If", "Add", "Add", "Add", "Add"])
    }
}
