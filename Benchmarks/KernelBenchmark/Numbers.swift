// SPDX-License-Identifier: Apache-2.0

/// A reproducible stream of numbers.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func floats(_ count: Int, seed: UInt64) -> UnsafeMutableBufferPointer<Float> {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    var generator = Generator(state: seed)
    for index in 0..<count {
        buffer.initializeElement(at: index, to: Float(generator.next() >> 40) / Float(1 << 23) - 1)
    }
    return buffer
}
