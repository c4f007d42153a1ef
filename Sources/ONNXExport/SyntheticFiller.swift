// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Fills a decoder's data file with random weights that keep activations near one and logits spread out.
///
/// float16 holds every scale exactly, as in files that came from GGUF, so comparisons with such files are of equal bits.
struct SyntheticFiller {
    private let sink: ExternalDataSink
    private let external: [ExternalTensor]
    private let configuration: DecoderConfiguration
    private let seed: UInt64
    private let progress: @Sendable (Double, String) -> Void
    private let total: Int
    private var done = 0

    private static let chunkByteCount = 8 << 20

    init(
        sink: ExternalDataSink, external: [ExternalTensor], configuration: DecoderConfiguration,
        seed: UInt64, progress: @escaping @Sendable (Double, String) -> Void
    ) {
        self.sink = sink
        self.external = external
        self.configuration = configuration
        self.seed = seed
        self.progress = progress
        total = external.reduce(1) { $0 + $1.byteCount }
    }

    mutating func fill(_ parameter: DecoderParameter) throws(ONNXError) {
        switch parameter {
        case .constant(let tensor, let index):
            try tensor.withBytes { (bytes) throws(ONNXError) in
                try sink.write(bytes, tensor: index, at: 0)
            }
        case .vector(_, let index):
            try floats(index) { bits in 1 + 0.2 * Self.signedUnit(bits) }
        case .embedding(let index):
            try floats(index) { bits in Self.signedUnit(bits) }
        case .matrix(let role, let format, let weight, let scales, let zeroPoints):
            let (_, columns) = configuration.size(of: role)
            // Uniform codes around the middle deviate by their number over the square root of 12.
            let deviation = Float(1 << format.bits) / Float(12).squareRoot()
            let gain: Float = role == .head ? 4 : 1
            let scale = gain / (deviation * Float(columns).squareRoot())
            // Codes average half a step below the middle; signs of the scales cancel that out.
            try floats(scales) { bits in
                let size = Self.roundedAsHalf(scale * (1 + 0.25 * Self.signedUnit(bits)))
                return bits & 1 == 0 ? size : -size
            }
            try words(weight) { $0 }
            if let zeroPoints {
                try words(zeroPoints) { _ in format.bits == 4 ? 0x8888_8888_8888_8888 : 0x8080_8080_8080_8080
                }
            }
        }
    }

    /// A number from -1 to 1 from the upper bits.
    private static func signedUnit(_ bits: UInt32) -> Float {
        Float(Int32(bitPattern: bits) >> 8) * 0x1p-23
    }

    /// The nearest number of float16's eleven digits, ties to even; exact in float16 from 2⁻¹⁴ on, where all scales lie.
    private static func roundedAsHalf(_ value: Float) -> Float {
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0xFFF &+ (bits >> 13 & 1)) & ~0x1FFF)
    }

    private mutating func floats(_ tensor: Int, _ value: (UInt32) -> Float) throws(ONNXError) {
        try words(tensor) { word in
            let low = value(UInt32(truncatingIfNeeded: word)).bitPattern
            let high = value(UInt32(truncatingIfNeeded: word >> 32)).bitPattern
            return UInt64(low) | UInt64(high) << 32
        }
    }

    /// Fills a tensor with what `map` makes of random words, some megabytes at a time.
    private mutating func words(_ tensor: Int, _ map: (UInt64) -> UInt64) throws(ONNXError) {
        let byteCount = external[tensor].byteCount
        var buffer = [UInt64](repeating: 0, count: Swift.min(Self.chunkByteCount, byteCount + 7) / 8)
        var offset = 0
        var state = SplitMix64.mix(seed &+ SplitMix64.mix(UInt64(tensor) &+ 1))
        while offset < byteCount {
            let count = Swift.min(Self.chunkByteCount, byteCount - offset)
            var failure: ONNXError?
            buffer.withUnsafeMutableBufferPointer { words in
                for index in 0..<(count + 7) / 8 {
                    state &+= SplitMix64.increment
                    words[index] = map(SplitMix64.mix(state)).littleEndian
                }
                do throws(ONNXError) {
                    let bytes = UnsafeRawBufferPointer(start: words.baseAddress, count: count)
                    try sink.write(bytes, tensor: tensor, at: offset)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            offset += count
            done += count
            progress(Double(done) / Double(total), "writing")
        }
    }
}

/// A small, fast generator whose state is a counter.
enum SplitMix64 {
    static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
