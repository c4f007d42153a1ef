// SPDX-License-Identifier: Apache-2.0

/// Where packed weights are kept between loads, so that later loads only map them.
///
///     var options = LoadOptions()
///     options.weightCache.folder = "build/weights"
///     options.weightCache.byteLimit = 4 << 30
///     print(options.weightCache.isEnabled, WeightCache().byteLimit ?? WeightCache.defaultByteLimit)  // true 34359738368
///     options.weightCache = .off
///     print(options.weightCache.isEnabled)  // false
public struct WeightCache: Sendable, Hashable {
    /// Whether packed weights are kept at all.
    public var isEnabled = true

    /// The folder; nil for the one that the environment names: `ONNXLM_CACHE_DIR`, else `onnxlm` in
    /// `XDG_CACHE_HOME`, else `~/.cache/onnxlm`.
    public var folder: String?

    /// Bytes that the packed weights of all models may take together; those used longest ago go first. Nil for
    /// what `ONNXLM_CACHE_LIMIT` says (such as `20G`), else ``defaultByteLimit``.
    public var byteLimit: Int?

    /// Packed weights of fewer bytes are not kept: packing them takes no time worth saving.
    package var minimumByteCount = 16 << 20

    /// 32 GiB.
    public static let defaultByteLimit = 32 << 30

    /// Keeps weights where the environment says.
    public init() {}

    /// Packs at each load and keeps nothing.
    public static var off: WeightCache {
        var cache = WeightCache()
        cache.isEnabled = false
        return cache
    }

    /// The bytes that a text such as `20G` or `1048576` means; nil if it means none.
    package static func byteCount(_ text: String) -> Int? {
        let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Int(shift == nil ? text : String(text.dropLast())), number >= 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        return overflow ? nil : bytes
    }
}
