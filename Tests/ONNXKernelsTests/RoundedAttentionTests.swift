// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What bfloat16 could get wrong: few rows that have to repeat what tiles do, and numbers without end or next to nothing.
@Suite struct RoundedAttentionTests {
    private static let size = 64
    private static let positions = 200

    /// Some positions of heads that share all keys and values, which are given.
    private func attend(
        _ kernels: KernelSet, size: Int = size, heads: Int = 1, rows: Range<Int>, window: Int? = nil,
        query: [Float], keys: [Float], values: [Float]
    ) throws -> [[Float]] {
        let width = heads * size
        let elements = rows.lowerBound * width..<rows.upperBound * width
        let end = rows.upperBound * size
        let keys = CachedHeads(
            Array(keys[..<end]), heads: 1, total: rows.upperBound, headSize: size, type: .bfloat16,
            isPanelled: true)
        let values = CachedHeads(
            Array(values[..<end]), heads: 1, total: rows.upperBound, headSize: size, type: .bfloat16,
            isPanelled: false)
        defer { keepAlive((keys, values)) }
        var attention = Attention(
            heads: heads, keyValueHeads: 1, headSize: size, sequence: rows.count, past: rows.lowerBound,
            total: rows.upperBound, scale: 0.1)
        attention.cacheType = .bfloat16
        attention.window = window
        let strides = RotaryEmbedding.Strides(position: width, head: size)
        var output = [Float](repeating: 0, count: elements.count)
        try attention.compute(
            query: Array(query[elements]), queryStrides: strides, keys: keys.cache, values: values.cache,
            into: &output, strides: strides, workers: TestKernels.pool(2), scratch: KernelScratch(),
            kernels: kernels)
        return rows.indices.map {
            Array(output[($0 - rows.lowerBound) * width..<($0 - rows.lowerBound + 1) * width])
        }
    }

    private func inputs(_ count: Int, _ element: (Float) -> Float) -> [[Float]] {
        var generator = SeededGenerator(seed: 11)
        return (0..<3).map { _ in generator.floats(count, in: -1...1).map(element) }
    }

    /// One row multiplies in float32, many in tiles; magnitudes down to where tiles take numbers for zeros.
    @Test(
        arguments: [32, 64, 96, 128, 256],
        [Float(1), 40, 1e4, 1e-12, 1e-19, 1e-30, .leastNormalMagnitude])
    func manyRowsHaveTheBitsOfOne(size: Int, spread: Float) throws {
        let count = 330
        // Of a few large elements and many small ones.
        let parts = inputs(count * size) { $0 * $0 * $0 * ($0 > 0.9 ? spread : spread < 1 ? spread * 8 : 1) }
        for kernels in TestKernels.sets {
            for window in [nil, 70] {
                let all = try attend(
                    kernels, size: size, rows: 0..<count, window: window, query: parts[0], keys: parts[1],
                    values: parts[2])
                for position in [0, 1, 16, 31, 62, 63, 64, 127, 200, 256, 300, 329] {
                    let one = try attend(
                        kernels, size: size, rows: position..<position + 1, window: window, query: parts[0],
                        keys: parts[1], values: parts[2])
                    #expect(one[0].bits == all[position].bits, "\(kernels.level) position \(position)")
                }
            }
        }
    }

    /// Sixteens of rows take turns with those of the blocks before and behind: with one, two or more of them, of which the
    /// last may be a part, over a number of blocks in each of which scores grow.
    @Test(arguments: [12, 13, 16, 17, 32, 33, 48, 61], [0, 1, 64, 130, 320])
    func anyNumberOfSixteensHasTheBitsOfOne(count: Int, past: Int) throws {
        for size in [32, 64, 96, 128] {
            var parts = inputs((past + count) * size) { $0 * 3 }
            for i in parts[1].indices { parts[1][i] *= 1 + Float(i / size / 64) }
            for kernels in TestKernels.sets {
                let all = try attend(
                    kernels, size: size, rows: past..<past + count, query: parts[0], keys: parts[1],
                    values: parts[2])
                for row in [0, 1, 7, count / 2, count - 1] {
                    let one = try attend(
                        kernels, size: size, rows: past + row..<past + row + 1, query: parts[0],
                        keys: parts[1], values: parts[2])
                    #expect(one[0].bits == all[row].bits, "\(kernels.level) size \(size) row \(row)")
                }
            }
        }
    }

    /// Scores that grow from block to block, so that what was summed up before decays, and ones that hardly do.
    @Test(arguments: [Float(0.02), 0.5, 30]) func growingScoresHaveTheirWeights(step: Float) throws {
        var query = [Float](repeating: 0, count: Self.positions * Self.size)
        var keys = query
        var values = query
        for position in 0..<Self.positions {
            query[position * Self.size] = 10
            keys[position * Self.size] = step * Float(position)
            values[position * Self.size + 7] = Float(position)
        }
        for kernels in TestKernels.sets {
            let output = try attend(
                kernels, rows: 0..<Self.positions, query: query, keys: keys, values: values)
            for position in [0, 63, 64, 150, 199] {
                let rounded = (0...position).map { key in
                    let bits = (step * Float(key)).bitPattern
                    return Double(Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000))
                }
                let weights = rounded.map { exp($0 - rounded[position]) }
                let sum = zip(weights, 0...).reduce(0) { $0 + $1.0 * Double($1.1) }
                let expected = sum / weights.reduce(0, +)
                #expect(
                    abs(Double(output[position][7]) - expected) <= 0.004 * expected + 1e-6,
                    "\(kernels.level) \(position): \(output[position][7]), \(expected)")
            }
        }
    }

    /// NaN and infinities give NaN to the rows that see them, in a value's case to its element, and to no others.
    @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity], ["query", "key", "value"])
    func valuesWithoutEndAreSeen(value: Float, place: String) throws {
        let parts = inputs(Self.positions * Self.size) { $0 * 3 }
        for position in [0, 65, 70, 95, 127, 128] {
            var changed = parts
            changed[place == "query" ? 0 : place == "key" ? 1 : 2][position * Self.size + 9] = value
            for kernels in TestKernels.sets {
                for window in [nil, 20] {
                    let whole = try attend(
                        kernels, rows: 0..<Self.positions, window: window, query: changed[0],
                        keys: changed[1],
                        values: changed[2])
                    for (row, output) in whole.enumerated() {
                        let isNear = row >= position && row < position + (window ?? .max - position)
                        let seesIt = place == "query" ? row == position : isNear
                        for (element, number) in output.enumerated() {
                            let isEndless = seesIt && (place != "value" || element == 9)
                            // A score of −infinity has no weight.
                            let mayBeFinite = place != "value" && value.isInfinite
                            #expect(
                                number.isFinite != isEndless || isEndless && mayBeFinite,
                                "\(kernels.level) \(position) \(row) \(element): \(number)")
                        }
                    }
                    let one = try attend(
                        kernels, rows: position..<position + 1, window: window, query: changed[0],
                        keys: changed[1], values: changed[2])
                    let isSame = zip(one[0], whole[position]).allSatisfy {
                        $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
                    }
                    #expect(isSame, "\(kernels.level) \(position)")
                }
            }
        }
    }

    /// The heads of a position may lie in two sixteens of rows; with values without end, each row is added once.
    @Test(arguments: [3, 5, 7]) func headsOfAPositionAreSeenOnce(heads: Int) throws {
        let count = 90
        let query = inputs(count * heads * Self.size) { $0 * 3 }[0]
        var parts = inputs(count * Self.size) { $0 * 3 }
        for position in [20, 70] { parts[2][position * Self.size + 9] = .nan }
        for kernels in TestKernels.sets {
            let whole = try attend(
                kernels, heads: heads, rows: 0..<count, query: query, keys: parts[1], values: parts[2])
            for position in whole.indices {
                let one = try attend(
                    kernels, heads: heads, rows: position..<position + 1, query: query, keys: parts[1],
                    values: parts[2])
                let isSame = zip(one[0], whole[position]).allSatisfy {
                    $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
                }
                #expect(isSame, "\(kernels.level) \(position)")
            }
        }
    }
}
