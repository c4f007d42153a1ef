// SPDX-License-Identifier: Apache-2.0

/// How a model is loaded.
public struct LoadOptions: Sendable {
    /// Threads that compute, the caller's included; nil for as many as this process may use.
    public var threadCount: Int?

    /// Bytes that the intermediate values of one run may take.
    public var intermediateByteLimit = 8 << 30

    /// Graph passes to leave out, by name, for comparison; see ``InferenceModel/optimizationPasses``.
    public var disabledPasses: Set<String> = []

    /// Where packed weights are kept between loads.
    public var weightCache = WeightCache()

    /// Where a decoder's output of this name is computed for the last position alone unless more are asked for.
    package var lastPositionOutput: String?

    public init() {}
}
