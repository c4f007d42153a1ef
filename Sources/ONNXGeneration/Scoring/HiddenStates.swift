// SPDX-License-Identifier: Apache-2.0

/// The last layer's states of a row of tokens, before the product that makes them logits.
public struct HiddenStates: Sendable {
    public let tokens: [Int]

    /// Elements of one token's state.
    public let size: Int

    /// `[tokens, size]`, row by row.
    public let values: [Float]

    /// The state of the token at a position.
    public subscript(position: Int) -> ArraySlice<Float> { values[position * size..<(position + 1) * size] }
}
