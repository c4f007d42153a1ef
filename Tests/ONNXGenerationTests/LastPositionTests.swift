// SPDX-License-Identifier: Apache-2.0
import ONNXGeneration
import ONNXInference
import ONNXTestSupport
import Testing

/// The last layer of a decoder works on the positions whose logits are wanted alone; ``DeterminismTests`` compares bits.
struct LastPositionTests {
    /// One export of each form of a layer: packed and separate projections, norms behind products, other activations,
    /// scaled residuals, biases and a feed-forward part beside the attention.
    static let folders = [
        "0.18.0-llama-int4", "0.18.0-llama-fp16", "0.18.0-phi3-int4", "0.18.0-qwen3-int4-tied",
        "0.7.0-gemma2-fp32", "0.18.0-gemma3-int8-tied", "0.18.0-gemma-int4-tied",
        "0.18.0-granite-int4-kquant-block16", "0.18.0-nemotron-int4-rtn-asymmetric",
        "0.18.0-phi-int4-block16",
    ]

    @Test(arguments: folders) func theLastLayerIsLimited(folder: String) throws {
        let model = try LanguageModel(ModelOracle(folder: folder).path, LoadOptions(), readsTexts: false)
        let calls = try Self.calls(model, tokens: 12, chunkSize: 12)
        #expect(calls["onnxlm.GroupQueryAttention"] == 1)
        #expect(calls["com.microsoft.GroupQueryAttention", default: 0] >= 1)
    }

    /// Of the parts before the last a run ends with the last cache: what stands behind it runs once.
    @Test(arguments: folders) func earlierPartsEndWithTheCaches(folder: String) throws {
        let model = try LanguageModel(ModelOracle(folder: folder).path, LoadOptions(), readsTexts: false)
        let whole = try Self.calls(model, tokens: 4, chunkSize: 4)
        let parts = try Self.calls(model, tokens: 12, chunkSize: 4)
        #expect(parts["onnxlm.GroupQueryAttention"] == 3)
        let behind = whole.values.reduce(0, +) * 3 - parts.values.reduce(0, +)
        // Each of the two earlier parts left out the same steps, and at least products of attention and of the
        // feed-forward part and the logits.
        #expect(behind % 2 == 0 && behind / 2 >= 3)
    }

    /// How often steps of each kind ran.
    private static func calls(_ model: LanguageModel, tokens: Int, chunkSize: Int) throws -> [String: Int] {
        let decoder = try model.makeDecoder(chunkSize: chunkSize)
        let profiler = StepProfiler()
        decoder.profiler = profiler
        _ = try decoder.append((0..<tokens).map { 1 + $0 % 7 })
        return Dictionary(uniqueKeysWithValues: profiler.rows.map { ($0.kind, $0.calls) })
    }
}
