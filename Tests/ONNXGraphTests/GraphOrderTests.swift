// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import Testing

/// A node of the operator `Op`.
func node(
    _ name: String, _ inputs: [String], _ outputs: [String], attributes: [String: Attribute] = [:],
    type: String = "Op", domain: String = ""
) -> Node {
    Node(
        name: name, domain: domain, operatorType: type, inputs: inputs, outputs: outputs,
        attributes: attributes)
}

/// A graph without declared types.
func graph(_ nodes: [Node], inputs: [String] = ["x"], outputs: [String] = ["y"]) -> Graph {
    Graph(
        nodes: nodes, inputs: inputs.map { ValueInfo(name: $0, type: nil) },
        outputs: outputs.map { ValueInfo(name: $0, type: nil) })
}

struct GraphOrderTests {
    @Test func keepsAnOrderThatWorks() throws {
        let nodes = [node("c", ["x"], ["1"]), node("a", ["x"], ["2"]), node("b", ["1", "2", ""], ["y"])]
        #expect(try graph(nodes).topologicallySorted().nodes.map(\.name) == ["c", "a", "b"])
    }

    @Test func movesNodesBehindWhatTheyRead() throws {
        let nodes = [
            node("last", ["1", "2"], ["y"]), node("first", ["x"], ["1"]), node("second", ["1"], ["2"]),
        ]
        #expect(try graph(nodes).topologicallySorted().nodes.map(\.name) == ["first", "second", "last"])
    }

    @Test func subgraphsCountAsReaders() throws {
        let inner = graph(
            [node("i2", ["t", "late"], ["r"]), node("i1", ["x"], ["t"])], inputs: [], outputs: ["r"])
        let outer = graph([
            node("if", ["x"], ["y"], attributes: ["then": .graph(inner), "list": .graphs([inner, inner])]),
            node("makes late", ["x"], ["late"]),
        ])
        let sorted = try outer.topologicallySorted()
        #expect(sorted.nodes.map(\.name) == ["makes late", "if"])
        #expect(
            sorted.nodes[1].subgraphs.map { $0.nodes.map(\.name) } == [
                ["i1", "i2"], ["i1", "i2"], ["i1", "i2"],
            ])
        #expect(inner.capturedNames == ["x", "late"])
        #expect(outer.capturedNames == [])
    }

    @Test func showsTheLoop() {
        let nodes = [
            node("in", ["x"], ["0"]), node("a", ["0", "3"], ["1"]), node("b", ["1"], ["2"]),
            node("c", ["2"], ["3"]),
        ]
        #expect(throws: ONNXError.self) { try graph(nodes, outputs: ["3"]).topologicallySorted() }
        do throws(ONNXError) {
            _ = try graph(nodes, outputs: ["3"]).topologicallySorted()
        } catch {
            #expect(error.code == "graph.cycle")
            for name in ["\"a\"", "\"b\"", "\"c\""] { #expect(error.message.contains(name)) }
            #expect(!error.message.contains("\"in\""))
        }
    }

    @Test func longChainsInTheWrongOrder() throws {
        let count = 20_000
        let nodes = (0..<count).map { node("\($0)", ["v\($0 + 1)"], ["v\($0)"]) }
        let sorted = try graph(nodes, inputs: ["v\(count)"], outputs: ["v0"]).topologicallySorted()
        #expect(sorted.nodes.first?.name == "\(count - 1)")
        #expect(sorted.nodes.last?.name == "0")
    }
}
