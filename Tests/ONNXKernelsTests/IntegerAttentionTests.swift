// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport
import Testing

/// What 16-bit integers could get wrong: sums at their limits, numbers without end, rows of zeros.
@Suite struct IntegerAttentionTests {
    private static let size = 128
    private static let positions = 70

    /// One head; the rows of the queries, after nothing or those that follow `past` others, of the keys and values.
    private func attend(
        _ kernels: KernelSet, size: Int = size, past: Int = 0, query: [Float], keys: [Float],
        values: [Float]
    ) throws -> [[Float]] {
        let count = query.count / size
        let total = past + count
        let keys = CachedHeads(
            keys, heads: 1, total: total, headSize: size, type: .int16, isPanelled: true)
        let values = CachedHeads(
            values, heads: 1, total: total, headSize: size, type: .int16, isPanelled: false)
        defer { keepAlive((keys, values)) }
        var attention = Attention(
            heads: 1, keyValueHeads: 1, headSize: size, sequence: count, past: past, total: total, scale: 0.1)
        attention.cacheType = .int16
        let strides = RotaryEmbedding.Strides(position: size, head: size)
        var output = [Float](repeating: 0, count: query.count)
        try attention.compute(
            query: query, queryStrides: strides, keys: keys.cache, values: values.cache, into: &output,
            strides: strides, workers: TestKernels.pool(2), scratch: KernelScratch(), kernels: kernels)
        return (0..<count).map { Array(output[$0 * size..<($0 + 1) * size]) }
    }

    private func rows(_ value: Float, _ size: Int = size) -> [Float] {
        [Float](repeating: value, count: Self.positions * size)
    }

    /// Every code is the largest there is.
    @Test(arguments: [8, 64, 128, 256, 1024], [Float(1), 1e-20, 1e15]) func sumsFit(size: Int, value: Float)
        throws
    {
        for kernels in TestKernels.sets {
            for (query, sign) in [(Float(1), Float(-1)), (-1, 1)] {
                let output = try attend(
                    kernels, size: size, query: rows(query, size), keys: rows(1, size),
                    values: rows(sign * value, size))
                for element in output.joined() {
                    #expect(abs(element - sign * value) <= value / 4096, "\(kernels.level) \(element)")
                }
            }
        }
    }

    /// A query with one large element keeps it, and what meets nothing else.
    @Test func aSingleElementCounts() throws {
        var query = rows(0)
        var keys = rows(0)
        var values = rows(0)
        for position in 0..<Self.positions {
            query[position * Self.size + 5] = 1000
            keys[position * Self.size + 5] = position == 3 ? 1 : -1
            values[position * Self.size] = Float(position)
        }
        for kernels in TestKernels.sets {
            let output = try attend(kernels, query: query, keys: keys, values: values)
            #expect(abs(output[60][0] - 3) < 0.01, "\(kernels.level)")
        }
    }

    /// The largest codes of a query and of keys side by side, where two of them are added, and in a key's own place.
    @Test func largestCodesFitTogether() throws {
        for (element, neighbour) in [(5, 7), (7, 5), (4, 6), (6, 4)] {
            for sign in [Float(1), -1] {
                var query = rows(0)
                var keys = rows(0)
                var values = rows(0)
                for position in 0..<Self.positions {
                    query[position * Self.size + element] = 1000
                    keys[position * Self.size + element] = position == 3 ? 1 : -1
                    keys[position * Self.size + neighbour] = sign
                    values[position * Self.size] = Float(position)
                }
                for kernels in TestKernels.sets {
                    let output = try attend(kernels, query: query, keys: keys, values: values)
                    #expect(abs(output[60][0] - 3) < 0.01, "\(kernels.level) \(element) \(sign)")
                }
            }
        }
    }

    /// Many rows multiply otherwise than one, and blocks that all of them see otherwise than the others; levels differ
    /// in how, but not in what they give.
    @Test(arguments: [8, 40, 64, 128, 200], [Float(1), 40]) func manyRowsHaveTheBitsOfOne(
        size: Int, spread: Float
    ) throws {
        var generator = SeededGenerator(seed: 11)
        let count = 330
        // Of a few large elements and many small ones.
        let parts = (0..<3).map { _ in
            generator.floats(count * size, in: -1...1).map { $0 * $0 * $0 * ($0 > 0.9 ? spread : 1) }
        }
        var expected: [[UInt32]]?
        for kernels in TestKernels.sets where kernels.level >= .avx512vnni {
            let all = try attend(kernels, size: size, query: parts[0], keys: parts[1], values: parts[2])
            let bits = all.map(\.bits)
            #expect(bits == expected ?? bits, "\(kernels.level)")
            expected = bits
            for position in [0, 62, 63, 64, 127, 200, 256, 300, 329] {
                let end = (position + 1) * size
                let one = try attend(
                    kernels, size: size, past: position, query: Array(parts[0][position * size..<end]),
                    keys: Array(parts[1][..<end]), values: Array(parts[2][..<end]))
                #expect(one[0].bits == all[position].bits, "position \(position)")
            }
        }
    }

    @Test func queriesOfZerosGiveTheMean() throws {
        var values = rows(0)
        for position in 0..<Self.positions { values[position * Self.size] = Float(position) }
        for kernels in TestKernels.sets {
            let output = try attend(kernels, query: rows(0), keys: rows(1), values: values)
            #expect(abs(output[40][0] - 20) < 0.02, "\(kernels.level) \(output[40][0])")
        }
    }

    /// NaN and infinities give NaN to the rows that see them, and to no others.
    @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity], ["query", "key", "value"])
    func valuesWithoutEndAreSeen(value: Float, place: String) throws {
        var generator = SeededGenerator(seed: 3)
        let count = Self.positions * Self.size
        var parts = ["query", "key", "value"].reduce(into: [String: [Float]]()) {
            $0[$1] = generator.floats(count)
        }
        parts[place]?[65 * Self.size + 9] = value
        for kernels in TestKernels.sets where kernels.level >= .avx512vnni {
            let output = try attend(
                kernels, query: #require(parts["query"]), keys: #require(parts["key"]),
                values: #require(parts["value"]))
            for (position, row) in output.enumerated() {
                let seesIt = place == "query" ? position == 65 : position >= 65
                #expect(row.allSatisfy { $0.isNaN == seesIt }, "\(kernels.level) position \(position)")
            }
        }
    }
}
