// SPDX-License-Identifier: Apache-2.0

/// The last layer's states of a row of tokens, before the product that makes them logits.
///
///     let model = try await LanguageModel.load(from: "models/with-hidden-states")
///     let states = try await model.hiddenStates(of: [1, 5, 9])
///     print(states.tokens, states.values.count == 3 * states.size)  // [1, 5, 9] true
///     print(states[2].count == states.size)  // true
public struct HiddenStates: Sendable {
    /// The tokens of the text, one for each row.
    public let tokens: [Int]

    /// Elements of one token's state.
    public let size: Int

    /// `[tokens, size]`, row by row.
    public let values: [Float]

    /// The state of the token at a position.
    public subscript(position: Int) -> ArraySlice<Float> { values[position * size..<(position + 1) * size] }
}
