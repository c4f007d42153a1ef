// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment variables that the kernels read; this is the one place that reads them.
package enum KernelEnvironment {
    /// Names a ``CPULevel`` not to go beyond: `reference`, `avx2` or `avx512vnni`.
    package static let cpuLevelName = "ONNXLM_CPU_LEVEL"

    /// The level that the environment asks for; nil if it names none that exists.
    package static var cpuLevel: CPULevel? {
        guard let value = getenv(cpuLevelName) else { return nil }
        return CPULevel(rawValue: String(cString: value))
    }
}
