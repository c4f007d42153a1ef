// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTestSupport
import Testing

@Suite struct RotaryEmbeddingTests {
    struct Case: CustomStringConvertible, Sendable {
        var heads: Int
        var headSize: Int
        var rotarySize: Int
        var isInterleaved: Bool
        var headsFirst: Bool

        var description: String {
            "\(heads)x\(headSize) rotary \(rotarySize) interleaved \(isInterleaved) heads first \(headsFirst)"
        }
    }

    static let cases: [Case] = [0, 2, 6, 16, 18, 30, 32, 48, 64, 96, 128].flatMap { rotary in
        [false, true].flatMap { interleaved in
            [false, true].map { headsFirst in
                Case(
                    heads: 3, headSize: rotary + (headsFirst ? 0 : 7), rotarySize: rotary,
                    isInterleaved: interleaved,
                    headsFirst: headsFirst)
            }
        }
    }

    @Test(arguments: cases) func matchesTheFormula(_ test: Case) throws {
        let pool = try TestKernels.pool(2)
        var generator = SeededGenerator(seed: 21)
        let count = 5
        let rows = 9
        let half = test.rotarySize / 2
        let size = test.headSize
        let x = generator.floats(count * test.heads * size)
        let positions = [3, 0, 8, 8, 1]
        let strides =
            test.headsFirst
            ? RotaryEmbedding.Strides(position: size, head: count * size)
            : RotaryEmbedding.Strides(position: test.heads * size, head: size)
        for kernels in TestKernels.sets {
            let cos = GuardedMemory(generator.floats(rows * half))
            defer { keepAlive(cos) }
            let sin = GuardedMemory(generator.floats(rows * half))
            defer { keepAlive(sin) }
            let input = GuardedMemory(x)
            defer { keepAlive(input) }
            let output = GuardedMemory<Float>(count: x.count)
            defer { keepAlive(output) }
            let rotary = RotaryEmbedding(
                heads: test.heads, headSize: size, rotarySize: test.rotarySize,
                isInterleaved: test.isInterleaved,
                cos: UnsafeBufferPointer(start: cos.base, count: cos.count),
                sin: UnsafeBufferPointer(start: sin.base, count: sin.count))
            try rotary.apply(
                input.base, strides: strides, into: output.base, strides: strides, count: count,
                positionIDs: { positions[$0] }, workers: pool, kernels: kernels)
            for index in 0..<count {
                for head in 0..<test.heads {
                    let start = index * strides.position + head * strides.head
                    for i in 0..<size {
                        var expected = Double(x[start + i])
                        var allowed = 0.0
                        if i < test.rotarySize {
                            let j = test.isInterleaved ? i / 2 : i % half
                            let isFirst = test.isInterleaved ? i % 2 == 0 : i < half
                            let partner = test.isInterleaved ? i ^ 1 : (isFirst ? i + half : i - half)
                            let c = Double(cos.base[positions[index] * half + j])
                            let s = Double(sin.base[positions[index] * half + j])
                            let other = Double(x[start + partner])
                            allowed = KernelTolerance.rotary * (abs(expected * c) + abs(other * s))
                            expected = expected * c + (isFirst ? -other : other) * s
                        }
                        let difference = abs(Double(output.base[start + i]) - expected)
                        #expect(
                            difference <= allowed,
                            "\(kernels.level) position \(index) head \(head) element \(i)")
                    }
                }
            }
            try rotary.apply(
                input.base, strides: strides, into: input.base, strides: strides, count: count,
                positionIDs: { positions[$0] }, workers: pool, kernels: kernels)
            #expect(input.array.bits == output.array.bits)
            for bad in [-1, rows, Int.max, Int.min] where half > 0 {
                #expect(throws: ONNXError.self) {
                    try rotary.apply(
                        input.base, strides: strides, into: output.base, strides: strides, count: 1,
                        positionIDs: { _ in bad }, workers: pool, kernels: kernels)
                }
            }
        }
    }
}
