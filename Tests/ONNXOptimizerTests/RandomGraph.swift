// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXTensors

/// Graphs over values of shape [3, 32], made of what the passes look for and of what stands in their way.
struct RandomGraph {
    private var state: UInt64
    private var count = 0
    private let hasProducts: Bool
    private(set) var graph = Graph()
    private var values: [String] = ["x", "y"]

    init(seed: UInt64, nodes: Int = 24, hasProducts: Bool = true) {
        self.hasProducts = hasProducts
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        var graph = Graph(name: "random")
        graph.inputs = [OptimizerFixture.input("x", [3, 32]), OptimizerFixture.input("y", [3, 32])]
        graph.initializers["half"] = OptimizerFixture.floats([0.5])
        for _ in 0..<nodes { addSome(to: &graph, depth: 0) }
        let names = [values[values.count - 1]] + (0..<3).map { _ in values[next(values.count)] }
        for name in Set(names).subtracting(["x", "y", "half"]).sorted() {
            graph.outputs.append(OptimizerFixture.output(name))
        }
        self.graph = graph
    }

    /// Inputs for the graph.
    mutating func inputs() -> [String: Tensor] {
        ["x": tensor([3, 32]), "y": tensor([3, 32])]
    }

    private mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    private mutating func tensor(_ shape: [Int]) -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { _ in Float(next(2001) - 1000) / 1000 }
        return OptimizerFixture.floats(values, shape)
    }

    private mutating func newName() -> String {
        count += 1
        return "v\(count)"
    }

    /// A value, more often a late one.
    private mutating func pick() -> String {
        next(2) == 0 ? values[max(0, values.count - 1 - next(4))] : values[next(values.count)]
    }

    private mutating func emit(_ type: String, _ inputs: [String], to graph: inout Graph) -> String {
        let name = newName()
        graph.nodes.append(OptimizerFixture.node(type, inputs, name))
        values.append(name)
        return name
    }

    private mutating func addSome(to graph: inout Graph, depth: Int) {
        switch next(depth == 0 ? 9 : 7) {
        case 0: _ = emit("Sigmoid", [pick()], to: &graph)
        case 1: _ = emit("Mul", [pick(), "half"], to: &graph)
        case 2: _ = emit("Add", [pick(), pick()], to: &graph)
        case 3, 4:
            let (x, u) = (pick(), pick())
            let sigmoid = emit("Sigmoid", [x], to: &graph)
            let silu = emit("Mul", next(2) == 0 ? [x, sigmoid] : [sigmoid, x], to: &graph)
            _ = emit("Mul", next(2) == 0 ? [silu, u] : [u, silu], to: &graph)
            // Half of the time nobody else may see the inner values.
            if next(2) == 0 { values.removeAll { $0 == sigmoid || $0 == silu } }
        case 5: if hasProducts { addProducts(to: &graph) }
        case 6: addConstants(to: &graph)
        default: addBranch(to: &graph)
        }
    }

    private mutating func addProducts(to graph: inout Graph) {
        let x = pick()
        for _ in 0..<1 + next(3) {
            let name = newName()
            graph.initializers[name + ".b"] = try! Tensor(
                (0..<32 * 16).map { _ in UInt8(next(256)) }, shape: [32, 1, 16])
            graph.initializers[name + ".s"] = OptimizerFixture.floats(
                (0..<32).map { _ in Float(next(100)) / 4000 }, [32, 1])
            let level = next(2) * 4
            graph.nodes.append(
                OptimizerFixture.node(
                    "MatMulNBits", [x, name + ".b", name + ".s"], name,
                    [
                        "K": .int(32), "N": .int(32), "bits": .int(4), "block_size": .int(32),
                        "accuracy_level": .int(level),
                    ], domain: "com.microsoft"))
            values.append(name)
        }
    }

    private mutating func addConstants(to graph: inout Graph) {
        let (constant, shape, reshaped, sum) = (newName(), newName(), newName(), newName())
        graph.initializers[constant] = tensor([32, 3])
        graph.nodes.append(
            OptimizerFixture.node(
                "Constant", [], shape, ["value": .tensor(try! Tensor([Int64(3), 32], shape: [2]))]))
        graph.nodes.append(OptimizerFixture.node("Reshape", [constant, shape], reshaped))
        graph.nodes.append(OptimizerFixture.node("Add", [reshaped, "half"], sum))
        values.append(sum)
    }

    /// An If whose branches read outer values and hold what the passes change.
    private mutating func addBranch(to graph: inout Graph) {
        let (condition, result) = (newName(), newName())
        var branches: [String: Attribute] = [:]
        for name in ["then_branch", "else_branch"] {
            let outer = values
            var branch = Graph(name: name)
            for _ in 0..<3 { addSome(to: &branch, depth: 1) }
            branch.outputs = [OptimizerFixture.output(emit("Add", [pick(), pick()], to: &branch))]
            values = outer
            branches[name] = .graph(branch)
        }
        graph.initializers[condition] = try! Tensor([next(2) == 0], shape: [])
        graph.nodes.append(OptimizerFixture.node("If", [condition], result, branches))
        values.append(result)
    }
}
