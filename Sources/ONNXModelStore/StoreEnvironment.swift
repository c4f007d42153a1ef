// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment variables that say where models are; this is the one place that reads them.
package struct StoreEnvironment: Sendable {
    /// The folder that models live in.
    package static let modelsName = "ONNXLM_MODELS"

    private let values: [String: String]

    /// - Parameter values: the process's environment; empty values count as unset.
    package init(_ values: [String: String]) { self.values = values.filter { !$0.value.isEmpty } }

    /// The environment of this process.
    package static var current: StoreEnvironment {
        let names = [
            modelsName, "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE",
            "HF_HOME",
            "HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH",
        ]
        var values: [String: String] = [:]
        for name in names { values[name] = getenv(name).map { String(cString: $0) } }
        return StoreEnvironment(values)
    }

    /// Where models live: `ONNXLM_MODELS`, else `onnxlm/models` in the user's folder for data; nil where the
    /// environment tells neither.
    package var modelsFolder: String? {
        if let folder = values[Self.modelsName] { return Self.trimmed(folder) }
        // Relative paths are to be ignored, says the XDG base directory specification.
        if let folder = values["XDG_DATA_HOME"], folder.hasPrefix("/") { return folder + "/onnxlm/models" }
        return values["HOME"].map { $0 + "/.local/share/onnxlm/models" }
    }

    /// The cache of the Python package huggingface_hub, by its own rules.
    package var huggingFaceCache: String? {
        for name in ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"] {
            if let folder = values[name] { return Self.trimmed(folder) }
        }
        return huggingFaceHome.map { $0 + "/hub" }
    }

    private var huggingFaceHome: String? {
        if let folder = values["HF_HOME"] { return Self.trimmed(folder) }
        if let folder = values["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/huggingface" }
        return values["HOME"].map { $0 + "/.cache/huggingface" }
    }

    /// The hub's base address, without a slash at its end.
    package var hubEndpoint: String {
        Self.trimmed(values["HF_ENDPOINT"] ?? "https://huggingface.co")
    }

    /// A token that the environment holds.
    package var hubToken: String? { values["HF_TOKEN"] ?? values["HUGGING_FACE_HUB_TOKEN"] }

    /// The file that may hold a token.
    package var hubTokenFile: String? {
        values["HF_TOKEN_PATH"] ?? huggingFaceHome.map { $0 + "/token" }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
