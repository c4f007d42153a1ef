// SPDX-License-Identifier: Apache-2.0
#if Providers
    public import ONNXLM

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    extension ProviderConfiguration {
        /// The file that `ONNXLM_CONFIG` names, else `onnxlm/config.json` in `XDG_CONFIG_HOME`, else
        /// `~/.config/onnxlm/config.json`.
        public static var usualPath: String? {
            if let path = variable("ONNXLM_CONFIG") { return path }
            if let folder = variable("XDG_CONFIG_HOME") { return folder + "/onnxlm/config.json" }
            return variable("HOME").map { $0 + "/.config/onnxlm/config.json" }
        }

        /// The configuration at ``usualPath``; an empty one where there is no such file, unless `ONNXLM_CONFIG` names it.
        ///
        /// - Throws: as ``init(contentsOf:)``.
        public static func usual() throws(ONNXError) -> ProviderConfiguration {
            guard let path = usualPath, variable("ONNXLM_CONFIG") != nil || access(path, F_OK) == 0 else {
                return ProviderConfiguration()
            }
            return try ProviderConfiguration(contentsOf: path)
        }

        /// A variable of the environment; nil where it is not set or empty.
        static func variable(_ name: String) -> String? {
            guard let value = getenv(name), value.pointee != 0 else { return nil }
            return String(cString: value)
        }

        /// A path with `~/` at its beginning spelled out.
        static func expanded(_ path: String) -> String {
            guard path.hasPrefix("~/"), let home = variable("HOME") else { return path }
            return home + path.dropFirst()
        }
    }
#endif
