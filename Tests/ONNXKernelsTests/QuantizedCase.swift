// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTestSupport

/// A block-quantised matrix in the layout of a model file, with its exact weights beside it.
struct QuantizedCase: CustomStringConvertible, Sendable {
    enum Zeros: Sendable { case none, packed, float }
    /// What the stored values look like.
    enum Pattern: Sendable { case random, lowest, highest, alternating }

    var bits: Int
    var blockSize: Int
    var k: Int
    var n: Int
    var zeros = Zeros.none
    var hasGroupIndex = false
    var hasBias = false
    var level = 4
    /// Scales that float16 holds; else scales that it would round, kept exact.
    var hasHalfScales = false
    var pattern = Pattern.random
    var seed: UInt64 = 1

    var description: String {
        "q\(bits)b\(blockSize) k \(k) n \(n) zeros \(zeros) groups \(hasGroupIndex) bias \(hasBias) level \(level) half \(hasHalfScales) "
            + "\(pattern) seed \(seed)"
    }

    var blocks: Int { (k + blockSize - 1) / blockSize }

    struct Data {
        var values: [UInt8] = []
        var scales: [Float] = []
        var packedZeros: [UInt8] = []
        var floatZeros: [Float] = []
        var groups: [Int32] = []
        var bias: [Float] = []
        /// `[n][k]`.
        var weights: [[Double]] = []
    }

    func make() -> Data {
        var generator = SeededGenerator(seed: seed)
        var data = Data()
        let rowBytes = blocks * blockSize * bits / 8
        switch pattern {
        case .random: data.values = generator.bytes(n * rowBytes)
        case .lowest: data.values = [UInt8](repeating: 0, count: n * rowBytes)
        case .highest: data.values = [UInt8](repeating: 255, count: n * rowBytes)
        case .alternating: data.values = (0..<n * rowBytes).map { $0 % 2 == 0 ? 255 : 0 }
        }
        data.scales = generator.floats(n * blocks, in: -0.05...0.05)
        if hasHalfScales {
            data.scales = data.scales.map { Float(Int32($0 * 20480)) / 4096 }
        }
        let zeroRow = (blocks * bits + 7) / 8
        data.packedZeros = generator.bytes(n * zeroRow)
        data.floatZeros = generator.floats(n * blocks, in: 0...Float(1 << bits))
        data.groups = (0..<k).map { _ in Int32.random(in: 0..<Int32(max(1, blocks)), using: &generator) }
        data.bias = generator.floats(n)
        func element(_ bytes: [UInt8], _ start: Int, _ index: Int) -> Double {
            let perByte = 8 / bits
            let byte = bytes[start + index / perByte]
            return Double((Int(byte) >> (index % perByte * bits)) & ((1 << bits) - 1))
        }
        for row in 0..<n {
            data.weights.append(
                (0..<k).map { input in
                    let block = hasGroupIndex ? Int(data.groups[input]) : input / blockSize
                    let zero: Double
                    switch zeros {
                    case .none: zero = Double(1 << (bits - 1))
                    case .packed: zero = element(data.packedZeros, row * zeroRow, block)
                    case .float: zero = Double(data.floatZeros[row * blocks + block])
                    }
                    let quantised = element(data.values, row * rowBytes, input)
                    return (quantised - zero) * Double(data.scales[row * blocks + block])
                })
        }
        return data
    }

    /// Hands the matrix to `body`, from memory at odd addresses.
    func withSource<Result>(_ data: Data, _ body: (QuantizedMatrixSource) throws -> Result) rethrows -> Result
    {
        func odd<T>(_ values: [T]) -> GuardedMemory<UInt8> {
            var bytes: [UInt8] = [0xEE]
            values.withUnsafeBytes { bytes += Array($0) }
            return GuardedMemory(bytes)
        }
        func tail(_ memory: GuardedMemory<UInt8>) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: memory.raw.dropFirst())
        }
        let memory = [
            odd(data.values), odd(data.scales), odd(data.packedZeros), odd(data.floatZeros), odd(data.groups),
            odd(data.bias),
        ]
        let zeroPoints: QuantizedMatrixSource.ZeroPoints =
            switch zeros {
            case .none: .none
            case .packed: .packed(tail(memory[2]))
            case .float: .float(tail(memory[3]))
            }
        return try withExtendedLifetime(memory) {
            try body(
                QuantizedMatrixSource(
                    bits: bits, blockSize: blockSize, k: k, n: n, values: tail(memory[0]),
                    scales: tail(memory[1]),
                    zeroPoints: zeroPoints, groupIndex: hasGroupIndex ? tail(memory[4]) : nil,
                    bias: hasBias ? tail(memory[5]) : nil, accuracyLevel: level,
                    exactScales: !hasHalfScales))
        }
    }

    /// The row of activations as a level-4 product sees it: rounded to 127ths of each block's largest magnitude.
    func quantisedActivations(_ x: [Float]) -> [Double] {
        var result: [Double] = []
        for start in stride(from: 0, to: x.count, by: blockSize) {
            let block = x[start..<min(x.count, start + blockSize)]
            let scale = (block.map(\.magnitude).max() ?? 0) / 127
            let inverse = scale < Float.leastNormalMagnitude ? 0 : 1 / scale
            result += block.map { Double(($0 * inverse).rounded(.toNearestOrEven)) * Double(scale) }
        }
        return result
    }
}
