// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators
import ONNXTensors
import Testing

/// GroupQueryAttention over a session's caches against the same over past tensors.
@Suite struct GroupQueryAttentionCacheTests {
    /// `count` positions of 4 query heads and 2 key heads of 16 after nothing; rotary caches for all of them.
    private static func node(_ count: Int, window: Int = -1) -> ContributedNode {
        var node = GroupQueryAttentionTests.valid
        node.attributes["local_window_size"] = .int(window)
        node.inputs[0] = noise([1, count, 128], seed: 9)
        node.inputs[3] = noise([1, 2, 0, 16])
        node.inputs[4] = noise([1, 2, 0, 16])
        node.inputs[5] = GroupQueryAttentionTests.ints([Int32(count - 1)])
        node.inputs[6] = GroupQueryAttentionTests.ints([Int32(count)])
        node.inputs[7] = noise([max(12, count), 8], seed: 4)
        node.inputs[8] = noise([max(12, count), 8], seed: 5)
        return node
    }

    private struct Outcome {
        var output: [Float] = []
        let keys: KVCache
        let values: KVCache
    }

    /// Feeds the node's positions in parts, to caches of the operator's own format.
    ///
    /// - Parameter limiting: a part of which only the last positions are wanted, and how many.
    private static func run(
        _ node: ContributedNode, split: [Int], type: CacheType, limiting: (part: Int, count: Int)? = nil
    ) throws -> Outcome {
        let operation = try node.prepared()
        func cache(_ index: Int) throws -> KVCache {
            try KVCache(
                batch: 1, heads: 2, headSize: 16, type: type,
                format: #require(operation.cacheInputs[index]))
        }
        var outcome = Outcome(keys: try cache(3), values: try cache(4))
        let numbers = try #require(node.inputs[0]).values(as: Float.self)
        var done = 0
        for (part, count) in split.enumerated() {
            try outcome.keys.reserve(rows: done + count, keeping: done)
            try outcome.values.reserve(rows: done + count, keeping: done)
            var step = node
            step.inputs[0] = try Tensor(
                Array(numbers[done * 128..<(done + count) * 128]), shape: [1, count, 128])
            step.inputs[3] = nil
            step.inputs[4] = nil
            step.inputs[5] = GroupQueryAttentionTests.ints([Int32(done + count - 1)])
            step.inputs[6] = GroupQueryAttentionTests.ints([Int32(done + count)])
            step.caches = [3: outcome.keys, 4: outcome.values]
            step.cachedRows = done
            if let limiting, limiting.part == part { step = try limited(step, to: limiting.count) }
            let outputs = try step.run()
            #expect(outputs[1] == nil && outputs[2] == nil)
            outcome.output += try #require(outputs[0]).values(as: Float.self)
            done += count
        }
        return outcome
    }

    /// A float32 cache gives the bits of past tensors, in any split of the positions into calls, windowed or not.
    @Test(arguments: [[7], [1, 1, 1, 1, 1, 1, 1], [3, 4], [5, 1, 1], [1, 6]], [-1, 3])
    func appendsInPlace(split: [Int], window: Int) throws {
        let node = Self.node(7, window: window)
        let whole = try node.run()
        let outcome = try Self.run(node, split: split, type: .float32)
        #expect(outcome.output == (try #require(whole[0]).values(as: Float.self)))
        let keys = try #require(whole[1]).values(as: Float.self)
        let values = try #require(whole[2]).values(as: Float.self)
        let cachedKeys = outcome.keys.baseAddress.assumingMemoryBound(to: Float.self)
        let cachedValues = outcome.values.baseAddress.assumingMemoryBound(to: Float.self)
        for head in 0..<2 {
            let start = head * outcome.keys.headStride
            for position in 0..<7 {
                for element in 0..<16 {
                    let index = (head * 7 + position) * 16 + element
                    #expect(cachedKeys[start + element * 16 + position] == keys[index])
                    #expect(cachedValues[start + position * 16 + element] == values[index])
                }
            }
        }
    }

    /// Beyond its window a cache drops what no query sees; memory stays bounded and the bits stay the same.
    @Test(
        arguments: CacheType.allCases,
        [[1000], [400, 1, 199, 300, 100], [64, 500] + [Int](repeating: 1, count: 436)])
    func keepsTheWindowAlone(type: CacheType, split: [Int]) throws {
        let node = Self.node(1000, window: 70)
        let outcome = try Self.run(node, split: split, type: type)
        let largest = split.max() ?? 0
        #expect(outcome.keys.capacity <= 70 + max(largest, 64) + 3 * KVCache.block)
        #expect(outcome.keys.firstPosition > 0 || split.count == 1)
        #expect(outcome.keys.serves(queryAt: 1000))
        #expect(split.count == 1 || !outcome.keys.serves(queryAt: 50))
        let whole = try Self.run(node, split: [1000], type: type).output
        #expect(outcome.output == whole)
        if type == .float32 {
            #expect(whole == (try #require(node.run()[0]).values(as: Float.self)))
        }
    }

    /// Narrower types give the same bits in any split, and stay near float32.
    @Test(arguments: [(CacheType.float16, Float(1e-3)), (.int16, 1e-3), (.bfloat16, 8e-3), (.int8, 0.02)])
    func narrowTypesStayNear(type: CacheType, tolerance: Float) throws {
        let node = Self.node(150)
        let exact = try Self.run(node, split: [150], type: .float32).output
        let whole = try Self.run(node, split: [150], type: type).output
        #expect(try Self.run(node, split: [100, 1, 1, 48], type: type).output == whole)
        #expect(zip(whole, exact).allSatisfy { abs($0 - $1) <= tolerance })
        #expect(whole != exact)
    }

    /// The form for the last positions gives the bits that these have among all, and the same caches.
    @Test(
        arguments: CacheType.allCases,
        [([150], 1), ([150], 150), ([130, 70], 3), ([700, 90], 1), ([40, 1], 1), ([64, 500], 200)])
    func lastPositionsHaveTheirBits(type: CacheType, _ parts: (split: [Int], count: Int)) throws {
        let split = parts.split + [1]
        for window in [-1, 70] {
            let node = Self.node(split.reduce(0, +), window: window)
            let whole = try Self.run(node, split: split, type: type).output
            let limited = try Self.run(
                node, split: split, type: type, limiting: (split.count - 2, parts.count)
            ).output
            #expect(limited.count == whole.count - (split[split.count - 2] - parts.count) * 64)
            #expect(limited.suffix((parts.count + 1) * 64) == whole.suffix((parts.count + 1) * 64))
        }
    }

    /// The same over tensors, of two batch rows and with all that is given by position.
    @Test(arguments: [1, 2, 3]) func lastPositionsOfTensors(count: Int) throws {
        var node = GroupQueryAttentionTests.valid
        node.attributes["softcap"] = .float(3)
        node.inputs[0] = noise([2, 3, 128], seed: 9)
        node.inputs[3] = noise([2, 2, 0, 16])
        node.inputs[4] = noise([2, 2, 0, 16])
        node.inputs[5] = GroupQueryAttentionTests.ints([2, 1])
        node.inputs[6] = GroupQueryAttentionTests.ints([3])
        node.inputs[9] = try Tensor([Int64(4), 5, 6, 7, 8, 9], shape: [2, 3])
        node.inputs[10] = noise([2, 4, 3, 3], seed: 6)
        node.inputs[11] = noise([4], seed: 7)
        node.inputs[14] = noise([16], seed: 8)
        node.inputs[15] = noise([16], seed: 10)
        let whole = try node.run()
        let limited = try Self.limited(node, to: count).run()
        for index in 1...2 {
            #expect(
                try #require(limited[index]).values(as: Float.self)
                    == (try #require(whole[index]).values(as: Float.self)))
        }
        let all = try #require(whole[0]).values(as: Float.self)
        let last = try #require(limited[0]).values(as: Float.self)
        for row in 0..<2 {
            #expect(
                Array(last[row * count * 64..<(row + 1) * count * 64])
                    == Array(all[((row + 1) * 3 - count) * 64..<(row + 1) * 3 * 64]))
        }
    }

    @Test(arguments: [0, 4, -1, .max, .min] as [Int64]) func refusesOtherCounts(count: Int64) throws {
        var node = try Self.limited(GroupQueryAttentionTests.valid, to: 1)
        node.inputs[17] = try Tensor([count], shape: [1])
        #expect(node.errorCode() == "op.shape")
    }

    /// Nodes of other forms, as broken files have them, get no such form and end no process.
    @Test(arguments: [0, 1, 6, 7, 16, 17, 18, 40]) func nodesOfAnyLengthAreLookedAt(count: Int) {
        let attention = Node(
            domain: "com.microsoft", operatorType: "GroupQueryAttention",
            inputs: (0..<count).map { $0 == 16 ? "" : "i\($0)" }, outputs: ["o"])
        let limited = attention.attendingLastPositions("count")
        #expect(limited?.inputs.count == ((7...17).contains(count) ? 18 : nil))
        for widths in [[], [-8], [Int.min], [Int.max, 3]] {
            for key in ["", "k"] {
                var packed = attention
                packed.attributes = ["num_heads": .int(.max), "kv_num_heads": .int(1)]
                if count > 1 { packed.inputs[1] = key }
                let products = Node(
                    domain: OperatorRegistry.internalDomain, operatorType: "MatMulNBitsGroup", inputs: ["x"],
                    outputs: ["i0"], attributes: ["N": .ints(widths)])
                let one = products.givingLastQueries(of: packed, "count")
                #expect(one == nil || count > 1 && key == "k" && widths.count == 1)
            }
        }
    }

    /// The form of a node that gives results for the last positions alone.
    private static func limited(_ node: ContributedNode, to count: Int) throws -> ContributedNode {
        var node = node
        node.domain = OperatorRegistry.internalDomain
        node.inputs.append(try Tensor([Int64(count)], shape: [1]))
        return node
    }

    @Test func refusesPositionsWhoseKeysAreGone() throws {
        let node = Self.node(1000, window: 70)
        let outcome = try Self.run(node, split: [Int](repeating: 50, count: 20), type: .float16)
        var step = Self.node(50, window: 70)
        step.inputs[3] = nil
        step.inputs[4] = nil
        step.inputs[5] = GroupQueryAttentionTests.ints([149])
        step.inputs[6] = GroupQueryAttentionTests.ints([150])
        step.inputs[7] = node.inputs[7]
        step.inputs[8] = node.inputs[8]
        step.caches = [3: outcome.keys, 4: outcome.values]
        step.cachedRows = 100
        #expect(step.errorCode() == "internal.cache")
    }
}
