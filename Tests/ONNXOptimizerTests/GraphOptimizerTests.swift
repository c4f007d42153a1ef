// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXOptimizer
import ONNXTensors
import Testing

@Suite struct GraphOptimizerTests {
    private static let seeds = Array(UInt64(1)...60)

    @Test func listsItsPasses() {
        #expect(
            GraphOptimizer.passNames == [
                "quantized-weights",
                "constant-folding", "silu-mul", "shared-input", "gated-products", "feed-forward",
                "norm-products",
            ])
    }

    /// Without the fused activation, optimised graphs give the bits of the plain ones.
    @Test(arguments: seeds) func exactPassesKeepBits(seed: UInt64) throws {
        var random = RandomGraph(seed: seed)
        let inputs = random.inputs()
        let expected = try OptimizerFixture.run(random.graph, inputs)
        for disabled: Set<String> in [
            ["silu-mul"], ["silu-mul", "shared-input"], ["silu-mul", "constant-folding"],
        ] {
            let computed = try OptimizerFixture.run(random.graph, inputs, disabled: disabled)
            for (name, tensor) in expected {
                let left = try #require(computed[name]).values(as: Float.self).map(\.bitPattern)
                #expect(try left == tensor.values(as: Float.self).map(\.bitPattern), "\(name)")
            }
        }
    }

    /// Graphs without products, so that rounding is not turned into steps of quantised activations.
    @Test(arguments: seeds) func allPassesStayWithinTheTolerance(seed: UInt64) throws {
        var random = RandomGraph(seed: seed, hasProducts: false)
        let inputs = random.inputs()
        let expected = try OptimizerFixture.run(random.graph, inputs)
        let computed = try OptimizerFixture.run(random.graph, inputs, disabled: [])
        for (name, tensor) in expected {
            let right = try tensor.values(as: Float.self)
            let left = try #require(computed[name]).values(as: Float.self)
            let largest = right.reduce(Float(1)) { max($0, abs($1)) }
            for (a, b) in zip(left, right) where b.isFinite {
                #expect(abs(a - b) <= OptimizerFixture.fusedActivationTolerance * largest, "\(name)")
            }
        }
    }

    /// The random graphs hold enough of what the passes change.
    @Test func randomGraphsAreFused() throws {
        var fused: [String: Int] = [:]
        for seed in Self.seeds {
            let graph = try OptimizerFixture.optimized(RandomGraph(seed: seed).graph)
            for name in graph.operators { fused[name, default: 0] += 1 }
        }
        #expect(fused["onnxlm.SiluMultiply", default: 0] > 40)
        #expect(fused["onnxlm.MatMulNBitsGroup", default: 0] > 20)
        #expect(fused["Constant", default: 0] == 0)
    }
}
