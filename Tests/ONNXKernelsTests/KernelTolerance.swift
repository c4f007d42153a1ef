// SPDX-License-Identifier: Apache-2.0

/// How far a kernel may be from the exact result, in units of the float32 epsilon (2⁻²³).
///
/// A tolerance of sums is relative to the sum of the magnitudes of the terms, for which rounding errors are bounded.
enum KernelTolerance {
    static let epsilon = Double(Float.ulpOfOne)

    /// Elementwise functions: exp, tanh, erf, sigmoid, silu, quick GELU; relative to the result.
    static let function = 4 * epsilon
    /// GELU in both forms: relative to |x|, since one plus a number near minus one loses its low digits.
    static let gelu = 4 * epsilon
    /// Norms: relative to the result before the bias, plus the bias.
    static let norm = 6 * epsilon
    /// Softmax: relative to the result, and one epsilon of the row's largest for tiny ones.
    static let softmax = 32 * epsilon
    /// A sum of exponentials: relative to the result, beside the rounding of the exponents.
    static let exponentialSum = 8 * epsilon
    /// Rotary embedding: relative to the magnitudes of the two products.
    static let rotary = 2 * epsilon
    /// Products with exact block sums: relative to the sum of magnitudes.
    static let quantizedProduct = 16 * epsilon
    /// Float products: relative to the sum of magnitudes.
    static let floatProduct = 32 * epsilon
    /// Attention: relative to the largest value a row can see, times the spread that errors in the scores add.
    static let attention = 64 * epsilon
    /// Attention in 16-bit integers, in the same unit: queries of 13 to 15 bits, weights of 13 in each block.
    static let attentionInIntegers = 8192 * epsilon
    /// Attention in bfloat16, in the same unit: queries and weights of 8 bits.
    static let attentionInBFloat16 = 131_072 * epsilon
    /// Smallest normal float32, below which relative accuracy ends; functions that divide x by an exponential lose
    /// results below |x| times it.
    static let tiny = Double(Float.leastNormalMagnitude)
}
