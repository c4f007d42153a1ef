// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The cosine and sine tables of a rotary embedding.
struct RotaryTables {
    let cosine: Tensor
    let sine: Tensor

    /// Tables for positions `0..<length`.
    ///
    /// The angles are products of float32 numbers, as PyTorch computes them, so that the tables agree with
    /// exported ones.
    init(_ rotary: RotaryConfiguration, divisors: [Double], length: Int, scale: Double) throws(ONNXError) {
        let half = rotary.dimension / 2
        let shape = try Shape([length, half])
        cosine = try Tensor(allocating: .float32, shape)
        sine = try Tensor(allocating: .float32, shape)
        let cosines = cosine.mutableBaseAddress.assumingMemoryBound(to: Float.self)
        let sines = sine.mutableBaseAddress.assumingMemoryBound(to: Float.self)
        let frequencies = (0..<half).map { index -> Float in
            let exponent = Float(2 * index) / Float(rotary.dimension)
            let divisor = index < divisors.count ? Float(divisors[index]) : 1
            return 1 / (divisor * powf(Float(rotary.base), exponent))
        }
        for position in 0..<length {
            for index in 0..<half {
                let angle = Float(position) * frequencies[index]
                cosines[position * half + index] = cosf(angle) * Float(scale)
                sines[position * half + index] = sinf(angle) * Float(scale)
            }
        }
    }

    /// The factor on both tables of a long rotary embedding.
    static func longScale(contextLength: Int, originalContextLength: Int) -> Double {
        guard contextLength > originalContextLength, originalContextLength > 1 else { return 1 }
        let ratio = Double(contextLength) / Double(originalContextLength)
        return (1 + log(ratio) / log(Double(originalContextLength))).squareRoot()
    }
}
