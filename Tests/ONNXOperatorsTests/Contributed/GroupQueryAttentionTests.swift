// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import Testing

@Suite struct GroupQueryAttentionTests {
    static func ints(_ values: [Int32], _ shape: [Int]? = nil) -> Tensor {
        try! Tensor(values, shape: shape ?? [values.count])
    }

    /// 4 query heads, 2 key heads of 16; 3 new positions after 4 cached ones; rotary caches of 12 rows.
    static var valid: ContributedNode {
        ContributedNode(
            name: "GroupQueryAttention",
            attributes: ["num_heads": .int(4), "kv_num_heads": .int(2), "do_rotary": .int(1)],
            inputs: [
                noise([1, 3, 128]), nil, nil, noise([1, 2, 4, 16], seed: 2), noise([1, 2, 4, 16], seed: 3),
                ints([6]), ints([7]), noise([12, 8], seed: 4), noise([12, 8], seed: 5), nil, nil, nil, nil,
                nil,
                nil, nil, nil,
            ], outputs: [true, true, true])
    }

    static let refusals: [Refusal] = [
        .init("seqlens_k negative", "op.range") { $0.inputs[5] = ints([-1]) },
        .init("seqlens_k smallest", "op.range") { $0.inputs[5] = ints([.min]) },
        .init("seqlens_k beyond the total", "op.range") { $0.inputs[5] = ints([7]) },
        .init("seqlens_k largest", "op.range") { $0.inputs[5] = ints([.max]) },
        .init("seqlens_k below the new positions", "op.range") { $0.inputs[5] = ints([1]) },
        .init("seqlens_k beyond the past buffer", "op.range") {
            $0.inputs[5] = ints([8])
            $0.inputs[6] = ints([9])
        },
        .init("positions beyond cos", "op.range") {
            $0.inputs[7] = noise([6, 8])
            $0.inputs[8] = noise([6, 8])
        },
        .init("position_ids negative", "op.range") {
            $0.inputs[9] = try? Tensor([Int64(-1), 0, 1], shape: [1, 3])
        },
        .init("position_ids beyond cos", "op.range") {
            $0.inputs[9] = try? Tensor([Int64(0), 1, 12], shape: [1, 3])
        },
        .init("position_ids of another shape", "op.shape") {
            $0.inputs[9] = try? Tensor([Int64(0), 1, 2], shape: [3])
        },
        .init("seqlens_k a scalar", "op.shape") { $0.inputs[5] = ints([6], []) },
        .init("seqlens_k [2, 2]", "op.shape") { $0.inputs[5] = ints([6, 6, 6, 6], [2, 2]) },
        .init("seqlens_k int64", "tensor.dtype_unsupported") {
            $0.inputs[5] = try? Tensor([Int64(6)], shape: [1])
        },
        .init("total of two elements", "op.shape") { $0.inputs[6] = ints([7, 7]) },
        .init("total 0", "op.range") { $0.inputs[6] = ints([0]) },
        .init("total negative", "op.range") { $0.inputs[6] = ints([-7]) },
        .init("total below the new positions", "op.range") { $0.inputs[6] = ints([2]) },
        .init("heads not divisible", "attr.value") { $0.attributes["kv_num_heads"] = .int(3) },
        .init("no heads", "attr.value") { $0.attributes["num_heads"] = .int(0) },
        .init("kv heads negative", "attr.value") { $0.attributes["kv_num_heads"] = .int(-2) },
        .init("num_heads missing", "attr.missing") { $0.attributes["num_heads"] = nil },
        .init("head size 0", "op.shape") { $0.inputs[0] = noise([1, 3, 0]) },
        .init("width not divisible", "op.shape") { $0.inputs[0] = noise([1, 3, 127]) },
        .init("query in two dimensions", "op.shape") { $0.inputs[0] = noise([3, 128]) },
        .init("key without value", "input.missing") { $0.inputs[1] = noise([1, 3, 32]) },
        .init("key of another width", "op.shape") {
            $0.inputs[0] = noise([1, 3, 64])
            $0.inputs[1] = noise([1, 3, 16])
            $0.inputs[2] = noise([1, 3, 32])
        },
        .init("past key without value", "input.missing") { $0.inputs[4] = nil },
        .init("past of other heads", "op.shape") { $0.inputs[3] = noise([1, 4, 4, 16]) },
        .init("past value of another length", "op.shape") { $0.inputs[4] = noise([1, 2, 5, 16]) },
        .init("past in three dimensions", "op.shape") { $0.inputs[3] = noise([2, 4, 16]) },
        .init("rotary without caches", "input.missing") {
            $0.inputs[7] = nil
            $0.inputs[8] = nil
        },
        .init("cos without sin", "input.missing") { $0.inputs[8] = nil },
        .init("rotary wider than the head", "op.shape") {
            $0.inputs[7] = noise([12, 9])
            $0.inputs[8] = noise([12, 9])
        },
        .init("sin of another shape", "op.shape") { $0.inputs[8] = noise([11, 8]) },
        .init("attention_bias of another length", "op.shape") { $0.inputs[10] = noise([1, 1, 3, 8]) },
        .init("attention_bias in three dimensions", "op.shape") { $0.inputs[10] = noise([1, 3, 7]) },
        .init("head_sink of another length", "op.shape") { $0.inputs[11] = noise([2]) },
        .init("cache scales", "op.input_unsupported") { $0.inputs[12] = noise([1]) },
        .init("quantised cache", "attr.unsupported") {
            $0.attributes["k_quant_type"] = .string("PER_TENSOR")
        },
        .init("one norm weight", "input.missing") { $0.inputs[14] = noise([16]) },
        .init("norm weight of another length", "op.shape") {
            $0.inputs[14] = noise([8])
            $0.inputs[15] = noise([16])
        },
        .init("qk_output without its output", "attr.value") { $0.attributes["qk_output"] = .int(1) },
        .init("output_qk without its attribute", "attr.value") { $0.outputs.append(true) },
        .init("another qk_output", "attr.value") {
            $0.attributes["qk_output"] = .int(3)
            $0.outputs.append(true)
        },
        .init("window without causal", "attr.value") {
            $0.attributes["causal"] = .int(0)
            $0.attributes["local_window_size"] = .int(2)
        },
        .init("windowed cache without window", "attr.value") {
            $0.attributes["sliding_window_cache"] = .int(1)
        },
        .init("windowed cache smaller than the window", "op.range") {
            $0.attributes["sliding_window_cache"] = .int(1)
            $0.attributes["local_window_size"] = .int(5)
        },
        .init("softcap NaN", "attr.value") { $0.attributes["softcap"] = .float(.nan) },
        .init("query_seqlens too many", "op.range") { $0.inputs[16] = ints([4]) },
        .init("query_seqlens negative", "op.range") { $0.inputs[16] = ints([-1]) },
    ]

    @Test func runs() { #expect(Self.valid.errorCode() == nil) }

    @Test(arguments: refusals) func refuses(_ refusal: Refusal) {
        #expect(refusal.codeOfChanged(Self.valid) == refusal.code)
    }

    @Test func refusesSeveralPositionsOfABatchAfterAPast() {
        var node = Self.valid
        node.inputs[0] = noise([2, 3, 128])
        node.inputs[3] = noise([2, 2, 4, 16])
        node.inputs[4] = noise([2, 2, 4, 16])
        node.inputs[5] = Self.ints([6, 6])
        #expect(node.errorCode() == "op.range")
    }

    @Test func refusesACacheWithoutRoom() throws {
        var node = Self.valid
        let cache = try KVCache(batch: 1, heads: 2, headSize: 16)
        try cache.reserve(rows: 64, keeping: 0)
        node.inputs[3] = nil
        node.inputs[4] = nil
        node.inputs[5] = Self.ints([64])
        node.inputs[6] = Self.ints([65])
        node.inputs[7] = noise([80, 8], seed: 4)
        node.inputs[8] = noise([80, 8], seed: 5)
        node.caches = [3: cache, 4: cache]
        node.cachedRows = 62
        #expect(node.errorCode() == "op.range")
    }

    @Test func refusesCachesOfDifferentRoom() throws {
        var node = Self.valid
        let cache = try KVCache(batch: 1, heads: 2, headSize: 16)
        let other = try KVCache(batch: 1, heads: 2, headSize: 16)
        try cache.reserve(rows: 8, keeping: 0)
        try other.reserve(rows: 100, keeping: 0)
        node.inputs[3] = nil
        node.inputs[4] = nil
        node.caches = [3: cache, 4: other]
        node.cachedRows = 4
        #expect(node.errorCode() == "internal.cache")
    }

    /// The norm weights of queries and keys do what a norm of its own before the operator does.
    @Test func normsQueriesAndKeys() throws {
        var node = Self.valid
        node.inputs[14] = noise([16], seed: 6)
        node.inputs[15] = noise([16], seed: 7)
        node.attributes["qk_norm_epsilon"] = .float(1e-5)
        let fused = try node.run()

        var packed = try #require(node.inputs[0]).values(as: Float.self)
        let weights = try [14, 15].map { try #require(node.inputs[$0]).values(as: Float.self) }
        for position in 0..<3 {
            for head in 0..<6 {
                let start = position * 128 + head * 16
                let mean = packed[start..<start + 16].reduce(0.0) { $0 + Double($1) * Double($1) } / 16
                for i in 0..<16 {
                    let weight = weights[head < 4 ? 0 : 1][i]
                    packed[start + i] = Float(Double(packed[start + i]) / (mean + 1e-5).squareRoot()) * weight
                }
            }
        }
        var plain = Self.valid
        plain.inputs[0] = try Tensor(packed, shape: [1, 3, 128])
        let expected = try plain.run()
        for index in 0..<3 {
            let left = try #require(fused[index]).values(as: Float.self)
            let right = try #require(expected[index]).values(as: Float.self)
            #expect(zip(left, right).allSatisfy { abs($0 - $1) <= 1e-5 })
        }
    }

    @Test func worksWithoutPresentOutputs() throws {
        var node = Self.valid
        let expected = try #require(try node.run()[0]).values(as: Float.self)
        node.outputs = [true]
        #expect(try #require(try node.run()[0]).values(as: Float.self) == expected)
    }
}
