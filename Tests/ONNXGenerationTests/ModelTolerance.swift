// SPDX-License-Identifier: Apache-2.0
import ONNXTensors

/// How far logits may lie from onnxruntime's, in parts of the logits' standard deviation; see docs/numerics.md.
enum ModelTolerance {
    /// Float graphs, and quantised ones with float activations: rounding only.
    static let float: Float = 1e-4

    /// Activations quantised to 8 bits: the same quantisation, but a value that lies on a border rounds the other
    /// way when the last bit before it differs, and later layers amplify that.
    static let quantizedActivations: Float = 0.05

    /// What caches narrower than float32 may change in graphs of tiny size and random weights, against the same with
    /// float32 caches; float activations.
    static func ofCache(_ type: CacheType) -> Float {
        switch type {
        case .float32: 0
        case .float16, .int16: 0.02
        case .int8: 0.2
        }
    }

    /// The tolerance for a model by its folder's name.
    static func of(_ folder: String) -> Float {
        isQuantized(folder) && !folder.contains("level1") ? quantizedActivations : float
    }

    /// Whether the folder's products have weights of 4 or 8 bits.
    static func isQuantized(_ folder: String) -> Bool { folder.contains("-int") }
}
