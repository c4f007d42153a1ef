// SPDX-License-Identifier: Apache-2.0
import ONNXGraph
import ONNXImport
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// What is slow of a model, told from `model.onnx` alone.
struct SpeedReportTests {
    /// Folders of the fixtures with the codes that they are to have.
    static let folders: [(String, [String])] = [
        ("0.18.0-llama-int4", []), ("0.18.0-llama-fp32", []),
        ("0.18.0-llama-int4-asymmetric-level1", ["slow.float_activations"]),
        ("0.18.0-llama-int4-fp16io", ["slow.half_precision", "slow.float_activations"]),
        ("0.18.0-llama-int4-qdq", ["slow.float_activations"]),
        ("torchscript-gpt2-opset13", ["slow.copied_caches"]),
        ("torchscript-gpt2-opset13-int8", ["slow.copied_caches", "slow.integer_product"]),
        ("dynamo-gpt2-opset18-nopast", ["slow.no_caches"]),
    ]

    @Test(arguments: folders) func fixtures(folder: String, codes: [String]) throws {
        let (model, report) = try ModelReader.read(
            path: Fixtures.models + "/" + folder, options: ImportOptions(externalData: .skipped))
        let speed = SpeedReport(model.graph, externalNames: Set(report.externalTensors.map(\.name)))
        #expect(Set(speed.reasons.map(\.code)) == Set(codes), "\(speed.reasons)")
        #expect(speed.reasons.allSatisfy { $0.count > 0 && !$0.first.isEmpty })
    }

    @Test func subgraphsAreLookedAt() throws {
        let body = Graph(
            nodes: [
                Node(
                    domain: "com.microsoft", operatorType: "MatMulNBits", inputs: ["x", "w", "s"],
                    outputs: ["y"])
            ], outputs: [ValueInfo(name: "y", type: nil)])
        let graph = Graph(
            nodes: [
                Node(operatorType: "Loop", inputs: ["n"], outputs: ["z"], attributes: ["body": .graph(body)]),
                Node(operatorType: "Loop", inputs: ["n"], outputs: ["v"], attributes: ["body": .graph(body)]),
            ])
        let reasons = SpeedReport(graph).reasons
        #expect(reasons.map(\.code) == ["slow.loops", "slow.variable_weights"])
        #expect(reasons.map(\.count) == [2, 2])
        #expect(
            SpeedReport(graph, externalNames: ["w", "s"]).reasons.map(\.code).last == "slow.float_activations"
        )
    }
}
