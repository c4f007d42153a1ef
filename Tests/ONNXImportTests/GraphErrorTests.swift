// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXGraph
import ONNXImport
import Testing

/// Rows G of the catalogue of bad inputs that a reader can see without knowing operators.
struct GraphErrorTests {
    private static func graph(
        _ nodes: [Wire], initializers: [Wire] = [], inputs: [String] = ["x"], outputs: [String] = ["y"]
    ) -> Wire {
        Messages.model(
            graph: Messages.graph(nodes: nodes, initializers: initializers, inputs: inputs, outputs: outputs))
    }

    private static func node(
        _ inputs: [String], _ outputs: [String], _ name: String = "n", _ attributes: [Wire] = []
    ) -> Wire {
        Messages.node("Op", inputs, outputs, name: name, attributes: attributes)
    }

    private static let weight = Messages.tensor("w", 1, [1], Wire().data(9, [0, 0, 0, 0]))

    /// `depth` graphs, each in a node of the one before.
    private static func nested(_ depth: Int, reading name: String = "x") -> Wire {
        // Near the limit of message depth the innermost graph must be empty.
        var inner = Wire()
        if depth < 30 {
            inner = Messages.graph(nodes: [node([name], ["r"])], inputs: [], outputs: ["r"])
        }
        for _ in 1..<depth {
            let wrapper = Messages.node(
                "If", ["x"], ["r"], attributes: [Messages.subgraph("then_branch", inner)])
            inner = Wire().message(1, wrapper)
        }
        return graph([node(["x"], ["y"], "outer", [Messages.subgraph("body", inner)])])
    }

    static let cases: [ErrorCase] = [
        ErrorCase(
            "G04 undefined value", "graph.undefined_value", graph([node(["nothing"], ["y"], "reader")]),
            mentions: ["\"reader\"", "\"nothing\""]),
        ErrorCase(
            "G05 loop of two", "graph.cycle",
            graph([node(["b"], ["a"], "A"), node(["a"], ["b"], "B"), node(["a"], ["y"])]),
            mentions: ["\"A\"", "\"B\"", "←"]),
        ErrorCase("G05 loop of one", "graph.cycle", graph([node(["y"], ["y"], "A")]), mentions: ["\"A\""]),
        ErrorCase(
            "G05 loop through a subgraph", "graph.cycle",
            graph([
                node(
                    ["x"], ["y"], "A",
                    [
                        Messages.subgraph(
                            "body", Messages.graph(nodes: [node(["y"], ["r"])], inputs: [], outputs: ["r"]))
                    ])
            ])),
        ErrorCase("G06 out of order", nil, graph([node(["t"], ["y"]), node(["x"], ["t"])])),
        ErrorCase(
            "G06 a subgraph reads a later value", nil,
            graph([
                node(
                    ["x"], ["y"], "A",
                    [
                        Messages.subgraph(
                            "body", Messages.graph(nodes: [node(["late"], ["r"])], inputs: [], outputs: ["r"])
                        )
                    ]), node(["x"], ["late"]),
            ])),
        ErrorCase(
            "G07 two writers", "graph.duplicate_output",
            graph([node(["x"], ["y"]), node(["x"], ["y"], "other")]), mentions: ["\"y\"", "\"other\""]),
        ErrorCase(
            "G07 writes an input", "graph.duplicate_output", graph([node(["x"], ["x"]), node(["x"], ["y"])])),
        ErrorCase(
            "G07 writes an initializer", "graph.duplicate_output",
            graph([node(["x"], ["w"]), node(["w"], ["y"])], initializers: [weight])),
        ErrorCase(
            "G07 empty outputs twice", nil, graph([node(["x"], ["y", "", ""]), node(["x"], ["", "z"])])),
        ErrorCase(
            "G08 initializer twice", "graph.duplicate_initializer",
            graph([node(["x"], ["y"])], initializers: [weight, weight]), mentions: ["\"w\""]),
        ErrorCase(
            "initializer that is an input", nil,
            graph([node(["x"], ["y"])], initializers: [weight], inputs: ["x", "w"])),
        ErrorCase(
            "G09 empty input name", "graph.empty_name", graph([node(["x"], ["y"])], inputs: ["x", ""])),
        ErrorCase(
            "G09 empty output name", "graph.empty_name", graph([node(["x"], ["y"])], outputs: ["y", ""])),
        ErrorCase(
            "empty initializer name", "graph.empty_name",
            graph([node(["x"], ["y"])], initializers: [Messages.tensor("", 1, [0])])),
        ErrorCase("empty operator", "graph.empty_name", graph([Messages.node("", ["x"], ["y"])])),
        ErrorCase("input twice", "graph.duplicate_input", graph([node(["x"], ["y"])], inputs: ["x", "x"])),
        ErrorCase(
            "G10 output of nobody", "graph.output_missing", graph([node(["x"], ["y"])], outputs: ["y", "z"]),
            mentions: ["\"z\""]),
        ErrorCase("output that is an input", nil, graph([], outputs: ["x"])),
        ErrorCase(
            "G11 attribute twice", "graph.duplicate_attribute",
            graph([
                node(["x"], ["y"], "n", [Messages.attribute("a", type: 2), Messages.attribute("a", type: 1)])
            ]), mentions: ["\"a\"", "\"n\""]),
        ErrorCase(
            "attribute without a name", "graph.empty_name",
            graph([node(["x"], ["y"], "n", [Messages.attribute("", type: 2)])])),
        ErrorCase(
            "G12 attribute of another type", "attr.type",
            graph([node(["x"], ["y"], "n", [Messages.attribute("a", type: 2, Wire().float(2, 1))])]),
            mentions: ["INT", "FLOAT"]),
        ErrorCase(
            "attribute of two types", "attr.type",
            graph([
                node(["x"], ["y"], "n", [Messages.attribute("a", type: 2, Wire().float(2, 1).number(3, 1))])
            ])),
        ErrorCase(
            "attribute without type or value", "attr.type",
            graph([node(["x"], ["y"], "n", [Messages.attribute("a", type: 0)])])),
        ErrorCase(
            "attribute without type", nil,
            graph([node(["x"], ["y"], "n", [Messages.attribute("a", type: 0, Wire().number(3, 1))])])),
        ErrorCase(
            "graph attribute without graph", "attr.type",
            graph([node(["x"], ["y"], "n", [Messages.attribute("a", type: 5)])])),
        ErrorCase(
            "zero that is not written", nil,
            graph([
                node(
                    ["x"], ["y"], "n",
                    [
                        Messages.attribute("a", type: 2), Messages.attribute("b", type: 1),
                        Messages.attribute("c", type: 3),
                    ])
            ])),
        ErrorCase(
            "reference outside a function", "attr.reference",
            graph([node(["x"], ["y"], "n", [Wire().text(1, "a").text(21, "b").number(20, 2)])])),
        ErrorCase(
            "reference and value", "attr.type",
            graph([node(["x"], ["y"], "n", [Wire().text(1, "a").text(21, "b").number(3, 1).number(20, 2)])])),
        ErrorCase("G15 empty graph", "graph.empty", graph([], inputs: [], outputs: [])),
        ErrorCase(
            "G16 undefined in a subgraph", "graph.undefined_value", nested(2, reading: "nothing"),
            mentions: ["\"nothing\""]),
        ErrorCase("G16 captured", nil, nested(2)),
        ErrorCase("G18 20 deep", nil, nested(20)),
        ErrorCase("G18 32 deep", nil, nested(32)),
        ErrorCase("G18 33 deep", "graph.too_deep", nested(33), mentions: ["32"]),
        ErrorCase(
            "G22 function twice", "function.duplicate",
            Messages.model(graph: Messages.graph(), functions: [function, function]), mentions: ["local.f"]),
        ErrorCase(
            "function without a name", "function.name",
            Messages.model(graph: Messages.graph(), functions: [Messages.function("", nodes: [])])),
        ErrorCase(
            "function with an undefined value", "graph.undefined_value",
            Messages.model(
                graph: Messages.graph(), functions: [Messages.function("f", nodes: [node(["x"], ["b"])])]),
            mentions: ["local.f"]),
        ErrorCase(
            "function with a loop", "graph.cycle",
            Messages.model(
                graph: Messages.graph(), functions: [Messages.function("f", nodes: [node(["b"], ["b"])])])),
        ErrorCase(
            "function refers to an unknown attribute", "attr.reference",
            Messages.model(
                graph: Messages.graph(),
                functions: [
                    Messages.function(
                        "f",
                        nodes: [node(["a"], ["b"], "n", [Wire().text(1, "k").text(21, "k").number(20, 2)])])
                ])),
        ErrorCase(
            "opaque type", "model.type",
            Messages.model(
                graph: Messages.graph().message(
                    13, Messages.value("v", type: Wire().message(7, Wire().text(2, "T")))))),
        ErrorCase(
            "two types", "model.type",
            Messages.model(
                graph: Messages.graph().message(
                    13, Messages.value("v", type: Messages.tensorType(1, []).message(4, Wire()))))),
    ]

    private static let function = Messages.function("f", nodes: [node(["a"], ["b"])])

    @Test(arguments: cases) func verdict(_ row: ErrorCase) {
        expect(row.code, mentions: row.mentions, row.name) { () throws(ONNXError) in
            try ModelReader.load(bytes: row.bytes)
        }
    }

    @Test func nestedBranchesLoadQuickly() {
        let bytes = Self.nested(20).bytes
        let time = ContinuousClock().measure { _ = try? ModelReader.load(bytes: bytes) }
        #expect(time < .seconds(5))
    }

    /// Embedders run on threads with small stacks.
    @Test func deepFilesFitASmallStack() async {
        var type = Messages.tensorType(1, [2])
        for _ in 0..<46 { type = Wire().message(4, Wire().message(1, type)) }
        let types = Messages.model(graph: Messages.graph().message(13, Messages.value("v", type: type))).bytes
        let graphs = Self.nested(32).bytes
        let codes = await withCheckedContinuation { continuation in
            let thread = Thread {
                let codes = [types, graphs].map { bytes -> String in
                    do throws(ONNXError) {
                        _ = try ModelReader.load(bytes: bytes)
                        return "read"
                    } catch {
                        return error.description
                    }
                }
                continuation.resume(returning: codes)
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(codes == ["read", "read"])
    }

    @Test func readsAttributesOfEveryKind() throws {
        let tensor = Messages.tensor("t", 7, [1], Wire().number(7, 5))
        let attributes = [
            Messages.attribute("f", type: 1, Wire().float(2, 1.5)),
            Messages.attribute("i", type: 2, Wire().number(3, -3)),
            Messages.attribute("s", type: 3, Wire().text(4, "é")),
            Messages.attribute("t", type: 4, Wire().message(5, tensor)),
            Messages.attribute("fs", type: 6, Wire().float(7, 1).float(7, 2)),
            Messages.attribute("is", type: 7, Wire().number(8, 1).data(8, [2, 3])),
            Messages.attribute("ss", type: 8, Wire().text(9, "a").text(9, "b")),
            Messages.attribute("ts", type: 9, Wire().message(10, tensor).message(10, tensor)),
            Messages.attribute("tp", type: 13, Wire().message(14, Messages.tensorType(1, [2]))),
            Messages.attribute("sp", type: 11, Wire().message(22, Wire())),
            Messages.attribute("bin", type: 3, Wire().data(4, [0xFF])),
        ]
        let model = try ModelReader.load(bytes: Self.graph([Self.node(["x"], ["y"], "n", attributes)]).bytes)
        let values = try #require(model.graph.nodes.first).attributes
        func shown(_ name: String) -> String { values[name].map { "\($0)" } ?? "nil" }
        #expect(shown("f") == "float(1.5)")
        #expect(shown("i") == "int(-3)")
        #expect(shown("s") == "string(\"é\")")
        #expect(shown("t") == "tensor(int64[1])")
        #expect(shown("fs") == "floats([1.0, 2.0])")
        #expect(shown("is") == "ints([1, 2, 3])")
        #expect(shown("ss") == "strings([\"a\", \"b\"])")
        #expect(shown("ts") == "tensors([int64[1], int64[1]])")
        #expect(shown("tp") == "type(float[2])")
        #expect(values["sp"]?.kind == "SPARSE_TENSOR")
        #expect(values["bin"]?.kind == "binary STRING")
    }
}
