// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport
import Testing

/// What 16-bit integers could get wrong: sums at their limits, numbers without end, rows of zeros.
@Suite struct IntegerAttentionTests {
    private static let size = 128
    private static let positions = 70

    /// One head after nothing; the rows of the queries, keys and values.
    private func attend(
        _ kernels: KernelSet, size: Int = size, query: [Float], keys: [Float], values: [Float]
    ) throws -> [[Float]] {
        let count = query.count / size
        let keys = CachedHeads(
            keys, heads: 1, total: count, headSize: size, type: .int16, isPanelled: true)
        let values = CachedHeads(
            values, heads: 1, total: count, headSize: size, type: .int16, isPanelled: false)
        defer { keepAlive((keys, values)) }
        var attention = Attention(
            heads: 1, keyValueHeads: 1, headSize: size, sequence: count, past: 0, total: count, scale: 0.1)
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
