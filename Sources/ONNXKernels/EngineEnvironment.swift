// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment variables that the engine reads; this is the one place that reads them.
package enum EngineEnvironment {
    /// Names a ``CPULevel`` not to go beyond: `reference`, `avx2`, `avx512vnni` or `amx`.
    package static let cpuLevelName = "ONNXLM_CPU_LEVEL"

    /// The folder for packed weights.
    package static let cacheFolderName = "ONNXLM_CACHE_DIR"

    /// Bytes that packed weights may take on disk, with an ending K, M, G or T for powers of 1024.
    package static let cacheLimitName = "ONNXLM_CACHE_LIMIT"

    /// The level that the environment asks for; nil if it names none that exists.
    package static var cpuLevel: CPULevel? { value(cpuLevelName).flatMap { CPULevel(rawValue: $0) } }

    /// The folder for packed weights: the one named, else `onnxlm` in the user's cache folder; nil where the
    /// environment tells neither.
    package static var cacheFolder: String? {
        if let folder = value(cacheFolderName) { return folder }
        // Relative paths are to be ignored, says the XDG base directory specification.
        if let folder = value("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/onnxlm" }
        return value("HOME").map { $0 + "/.cache/onnxlm" }
    }

    /// The text of ``cacheLimitName``, where it is set.
    package static var cacheLimit: String? { value(cacheLimitName) }

    private static func value(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }
}
