// SPDX-License-Identifier: Apache-2.0

/// A complete answer; printed, it is its text.
public struct Response: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public let tokens: [Int]

    /// How likely each of ``tokens`` was, when ``GenerationOptions/logProbabilities`` asks for it.
    public let logProbabilities: [TokenLogProbability]

    /// What else happened on the way.
    public let events: [GenerationEvent]

    /// Counts and times, and why it ended.
    public let summary: GenerationSummary

    /// The text.
    public var content: String { text }

    public var description: String { text }
}
