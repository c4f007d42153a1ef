// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import Testing

struct InliningTests {
    private func function(
        _ name: String, _ nodes: [Node], inputs: [String] = ["a"], outputs: [String] = ["b"],
        required: [String] = [], defaults: [String: Attribute] = [:], sets: [String: Int] = ["": 17],
        overload: String = ""
    ) -> Function {
        Function(
            domain: "local", name: name, overload: overload, inputs: inputs, outputs: outputs,
            requiredAttributes: required, defaultAttributes: defaults, nodes: nodes, operatorSets: sets)
    }

    private func call(
        _ function: String, _ inputs: [String], _ outputs: [String], name: String = "",
        attributes: [String: Attribute] = [:]
    ) -> Node {
        node(name, inputs, outputs, attributes: attributes, type: function, domain: "local")
    }

    private func model(_ nodes: [Node], _ functions: [Function], inputs: [String] = ["x"]) -> Model {
        Model(
            irVersion: 8, operatorSets: ["": 17, "local": 1], graph: graph(nodes, inputs: inputs),
            functions: functions)
    }

    private func inline(_ model: Model, limits: InliningLimits = InliningLimits()) throws(ONNXError) -> Model
    {
        let inlined = try model.inliningFunctions(limits: limits) { _, _ in false }
        try inlined.validate()
        return inlined
    }

    private func code(_ model: Model, limits: InliningLimits = InliningLimits()) -> ONNXError.Code? {
        do throws(ONNXError) {
            _ = try inline(model, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func replacesCallsByNodes() throws {
        let twice = function("twice", [node("one", ["a"], ["m"]), node("two", ["m"], ["b"])])
        let model = model(
            [call("twice", ["x"], ["t"], name: "first"), call("twice", ["t"], ["y"], name: "second")], [twice]
        )
        let inlined = try inline(model)
        #expect(inlined.functions.isEmpty)
        #expect(inlined.graph.nodes.map(\.name) == ["first/one", "first/two", "second/one", "second/two"])
        #expect(inlined.graph.nodes.map(\.inputs) == [["x"], ["first/m"], ["t"], ["second/m"]])
        #expect(inlined.graph.nodes.map(\.outputs) == [["first/m"], ["t"], ["second/m"], ["y"]])
    }

    @Test func namesStayUnique() throws {
        let inner = function("f", [node("n", ["a"], ["m"]), node("n", ["m"], ["b"])])
        let nodes = [call("f", ["x"], ["f/m"]), call("f", ["f/m"], ["f/m#1"]), call("f", ["f/m#1"], ["y"])]
        let outputs = try inline(model(nodes, [inner])).graph.nodes.flatMap(\.outputs)
        #expect(Set(outputs).count == outputs.count)
        #expect(outputs.count == 6)
    }

    @Test func attributesByReference() throws {
        let body = [
            node(
                "n", ["a"], ["b"],
                attributes: [
                    "k": .reference("given"), "d": .reference("defaulted"), "o": .reference("absent"),
                    "c": .int(7),
                ])
        ]
        let f = function(
            "f", body, required: ["given"], defaults: ["defaulted": .int(2), "overridden": .int(0)])
        let inlined = try inline(
            model([call("f", ["x"], ["y"], attributes: ["given": .int(1), "unused": .int(9)])], [f]))
        let attributes = inlined.graph.nodes[0].attributes
        #expect(attributes.keys.sorted() == ["c", "d", "k"])
        #expect(attributes.values.map { "\($0)" }.sorted() == ["int(1)", "int(2)", "int(7)"])
        #expect(code(model([call("f", ["x"], ["y"])], [f])) == "attr.missing")
    }

    @Test func inputsAndOutputsLeftOut() throws {
        let f = function(
            "f", [node("n", ["a", "o"], ["b", "c"])], inputs: ["a", "o"], outputs: ["b", "c"])
        let nodes = try inline(model([call("f", ["x"], ["y"], name: "k")], [f])).graph.nodes
        #expect(nodes[0].inputs == ["x", ""])
        #expect(nodes[0].outputs == ["y", "k/c"])
        #expect(code(model([call("f", ["x", "x", "x"], ["y"])], [f])) == "function.arity")
        #expect(code(model([call("f", ["x"], ["y", "z", "w"])], [f])) == "function.arity")
    }

    @Test func outputThatIsAnInput() throws {
        let f = function("f", [node("n", ["a"], ["b"])], outputs: ["a", "b", "b"])
        let nodes = try inline(model([call("f", ["x"], ["p", "q", "y"])], [f])).graph.nodes
        #expect(nodes.map(\.operatorType) == ["Op", "Identity", "Identity"])
        #expect(nodes.map(\.inputs) == [["x"], ["x"], ["q"]])
        #expect(nodes.map(\.outputs) == [["q"], ["p"], ["y"]])
    }

    @Test func callsInsideCallsAndSubgraphs() throws {
        let leaf = function(
            "leaf", [node("l", ["a"], ["b"], attributes: ["k": .reference("k")])], defaults: ["k": .int(0)])
        let branch = graph(
            [call("leaf", ["a"], ["r"], attributes: ["k": .reference("k")])], inputs: [], outputs: ["r"])
        let middle = function(
            "middle", [node("if", ["a"], ["b"], attributes: ["then": .graph(branch)])], required: ["k"])
        let top = graph(
            [call("middle", ["x"], ["r"], name: "m", attributes: ["k": .int(5)])], inputs: [], outputs: ["r"])
        let inlined = try inline(
            model([node("outer", ["x"], ["y"], attributes: ["body": .graph(top)])], [leaf, middle]))
        let body = try #require(inlined.graph.nodes[0].subgraphs.first)
        let leafNode = try #require(body.nodes[0].subgraphs.first?.nodes.first)
        #expect(leafNode.operatorType == "Op")
        #expect(leafNode.inputs == ["x"])
        #expect(leafNode.attributes["k"].map { "\($0)" } == "int(5)")
    }

    @Test func bodiesCannotReadTheGraphAround() {
        let f = function("f", [node("n", ["a", "secret"], ["b"])])
        #expect(
            code(model([node("s", ["x"], ["secret"]), call("f", ["x"], ["y"])], [f]))
                == "graph.undefined_value")
    }

    @Test func knownOperatorsStayCalls() throws {
        let f = function("f", [node("n", ["a"], ["b"])])
        let model = try model([call("f", ["x"], ["y"])], [f]).inliningFunctions { domain, type in
            domain == "local" && type == "f"
        }
        #expect(model.graph.nodes.map(\.operatorType) == ["f"])
        #expect(model.functions.count == 1)
    }

    @Test func recursionIsRefused() {
        let itself = function("f", [call("f", ["a"], ["b"])])
        #expect(code(model([node("n", ["x"], ["y"])], [itself])) == "function.cycle")
        let even = function("even", [call("odd", ["a"], ["b"])])
        let odd = function("odd", [call("even", ["a"], ["b"])])
        #expect(code(model([call("even", ["x"], ["y"])], [even, odd])) == "function.cycle")
        let branch = graph([call("g", ["a"], ["r"])], inputs: [], outputs: ["r"])
        let hidden = function("g", [node("if", ["a"], ["b"], attributes: ["then": .graph(branch)])])
        #expect(code(model([call("g", ["x"], ["y"])], [hidden])) == "function.cycle")
    }

    /// `f0` calls `f1` twice, which calls `f2` twice …
    private func doubling(_ levels: Int) -> [Function] {
        (0..<levels).map { level in
            let nodes =
                level == levels - 1
                ? [node("n", ["a"], ["b"])]
                : [call("f\(level + 1)", ["a"], ["m"]), call("f\(level + 1)", ["m"], ["b"])]
            return function("f\(level)", nodes)
        }
    }

    @Test func doublingChainsAreMeasuredFirst() throws {
        for levels in [41, 99] {
            let time = ContinuousClock().measure {
                #expect(code(model([call("f0", ["x"], ["y"])], doubling(levels))) == "function.too_large")
            }
            #expect(time < .seconds(10))
        }
        #expect(try inline(model([call("f0", ["x"], ["y"])], doubling(11))).graph.nodes.count == 1024)
        var limits = InliningLimits()
        limits.nodes = 1023
        #expect(code(model([call("f0", ["x"], ["y"])], doubling(11)), limits: limits) == "function.too_large")
        limits.nodes = 1024
        #expect(code(model([call("f0", ["x"], ["y"])], doubling(11)), limits: limits) == nil)
    }

    @Test func depthOfCallsIsLimited() {
        func chain(_ count: Int) -> Model {
            let functions = (0..<count).map { level in
                function(
                    "f\(level)",
                    [level == count - 1 ? node("n", ["a"], ["b"]) : call("f\(level + 1)", ["a"], ["b"])])
            }
            return model([call("f0", ["x"], ["y"])], functions)
        }
        #expect(code(chain(100)) == nil)
        #expect(code(chain(101)) == "function.too_deep")
        #expect(code(chain(5000)) == "function.too_deep")
    }

    @Test func overloadsAndMissingFunctions() throws {
        let plain = function("f", [node("plain", ["a"], ["b"])])
        let special = function("f", [node("special", ["a"], ["b"])], overload: "o")
        var special1 = call("f", ["x"], ["y"])
        special1.overload = "o"
        #expect(try inline(model([special1], [plain, special])).graph.nodes.map(\.name) == ["f/special"])
        special1.overload = "other"
        #expect(code(model([special1], [plain, special])) == "function.unresolved")
    }

    @Test func operatorSetsMustAgree() throws {
        let body = [node("n", ["a"], ["b"])]
        #expect(
            code(model([call("f", ["x"], ["y"])], [function("f", body, sets: ["": 18])])) == "function.opset")
        #expect(
            code(model([call("f", ["x"], ["y"])], [function("f", body, sets: ["": 17, "other": 3])])) == nil)
        let foreign = function("f", [node("n", ["a"], ["b"], domain: "other")], sets: ["": 18, "other": 3])
        #expect(try inline(model([call("f", ["x"], ["y"])], [foreign])).operatorSets["other"] == 3)
    }

    @Test func longNamesDoNotGrow() throws {
        let name = String(repeating: "n", count: 10_000)
        let leaf = function("leaf", [node(name, ["a"], [name]), node(name, [name], ["b"])])
        let nodes = try inline(model([call("leaf", ["x"], ["y"], name: name)], [leaf])).graph.nodes
        #expect(nodes.allSatisfy { $0.name.utf8.count < 400 })
        #expect(nodes[0].outputs[0].utf8.count < 400)
    }
}
