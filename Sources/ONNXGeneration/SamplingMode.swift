// SPDX-License-Identifier: Apache-2.0

/// The usual ways to choose a token, for ``GenerationOptions/init(sampling:temperature:maximumTokens:)``.
///
///     let exact = GenerationOptions(sampling: .greedy)
///     let lively = GenerationOptions(sampling: .random(probabilityThreshold: 0.9))
///     print(exact.samples ?? true, lively.topP ?? 1)  // false 0.9
public struct SamplingMode: Sendable, Hashable {
    let samples: Bool
    var topK: Int?
    var topP: Float?
    var seed: UInt64?

    /// Always the likeliest token.
    public static let greedy = SamplingMode(samples: false)

    /// A draw among the `k` likeliest tokens.
    ///
    ///     let options = GenerationOptions(sampling: .random(top: 40, seed: 7))
    ///     print(options.topK ?? 0, options.seed ?? 0)  // 40 7
    public static func random(top k: Int, seed: UInt64? = nil) -> SamplingMode {
        SamplingMode(samples: true, topK: k, topP: 1, seed: seed)
    }

    /// A draw among the likeliest tokens that together have the probability `threshold`.
    ///
    ///     let options = GenerationOptions(sampling: .random(probabilityThreshold: 0.95, seed: 7))
    ///     print(options.topP ?? 0)  // 0.95
    public static func random(probabilityThreshold threshold: Float, seed: UInt64? = nil) -> SamplingMode {
        SamplingMode(samples: true, topK: 0, topP: threshold, seed: seed)
    }
}
