// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXTensors
import Testing

struct DeadNodesTests {
    @Test func removesWhatNoOutputNeeds() throws {
        let inner = graph(
            [node("dead inside", ["z"], ["d"]), node("live inside", ["t", "w"], ["r"])], inputs: [],
            outputs: ["r"])
        var outer = graph([
            node("for inside", ["x"], ["t"]), node("for dead inside", ["x"], ["z"]),
            node("dead", ["t"], ["u"]),
            node("if", ["x"], ["y", ""], attributes: ["then": .graph(inner)]),
            node("without outputs", ["x"], [""]),
        ])
        outer.initializers = try ["w": Tensor(scalar: Float(1)), "unused": Tensor(scalar: Float(2))]
        let live = outer.removingDeadNodes()
        #expect(live.nodes.map(\.name) == ["for inside", "if"])
        #expect(live.nodes[1].subgraphs[0].nodes.map(\.name) == ["live inside"])
        #expect(live.initializers.keys.sorted() == ["w"])
    }

    @Test func keepsDefaultsOfInputs() throws {
        var outer = graph([node("n", ["x"], ["y"])], inputs: ["x", "option"])
        outer.initializers = try ["option": Tensor(scalar: Float(1))]
        #expect(outer.removingDeadNodes().initializers.keys.sorted() == ["option"])
    }
}
