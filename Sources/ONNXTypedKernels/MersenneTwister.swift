// SPDX-License-Identifier: Apache-2.0

/// The generator MT19937, seeded by one 32-bit number: the sequence that NumPy's `RandomState` gives.
///
/// Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
package struct MersenneTwister: Sendable {
    private static let size = 624
    private var state: [UInt32]
    private var position = size

    package init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(Self.size)
        for index in 1..<Self.size {
            let last = state[index - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
        }
    }

    private mutating func nextWord() -> UInt32 {
        if position == Self.size {
            for index in 0..<Self.size {
                let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7fff_ffff)
                let twisted = (mixed >> 1) ^ (mixed & 1 == 1 ? 0x9908_b0df : 0)
                state[index] = state[(index + 397) % Self.size] ^ twisted
            }
            position = 0
        }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9d2c_5680
        word ^= (word << 15) & 0xefc6_0000
        return word ^ (word >> 18)
    }

    /// A number from 0 up to but not including 1, of 53 random bits.
    package mutating func nextUnit() -> Double {
        let high = Double(nextWord() >> 5)
        let low = Double(nextWord() >> 6)
        return (high * 67_108_864 + low) / 9_007_199_254_740_992
    }
}
