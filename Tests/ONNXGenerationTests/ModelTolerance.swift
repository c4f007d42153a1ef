// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTensors

/// How far logits may lie from onnxruntime's, in parts of the logits' standard deviation; see docs/numerics.md.
enum ModelTolerance {
    /// Float graphs, and quantised ones with float activations: rounding only.
    static let float: Float = 1e-4

    /// Activations quantised to 8 bits: the same quantisation, but a value that lies on a border rounds the other
    /// way when the last bit before it differs, and later layers amplify that.
    static let quantizedActivations: Float = 0.05

    /// Graphs whose values between operators are float16: each is rounded to 11 bits, by onnxruntime at other places than
    /// here, since either computes several operators at once in float32.
    static let halfPrecision: Float = 0.02

    /// The same where attention takes products of normalized queries and keys unscaled, as Gemma 4's: its softmax is sharp
    /// and amplifies rounding. onnxruntime's logits lie 0.057 from those of float32, ours 0.053.
    static let sharpHalfPrecision: Float = 0.05

    /// Graphs whose values between operators are bfloat16, against the same graph in float32: 8 bits in place of 11, hence
    /// eight times as much.
    static let brainPrecision: Float = 8 * halfPrecision

    /// What caches narrower than float32 may change in graphs of tiny size and random weights, against the same with
    /// float32 caches; float activations.
    static func ofCache(_ type: CacheType) -> Float {
        switch type {
        case .float32: 0
        case .float16, .int16: 0.02
        case .bfloat16: 8 * 0.02
        case .int8: 0.2
        }
    }

    /// The tolerance for a model by its folder's name.
    static func of(_ folder: String) -> Float {
        if folder.contains("fp16") { return folder.contains("gemma4") ? sharpHalfPrecision : halfPrecision }
        if isBrainPrecision(folder) { return brainPrecision }
        if quantizesRowsTogether(folder) { return quantizedActivations }
        let hasFloatActivations = folder.contains("level1") || folder.contains("qdq")
        return isQuantized(folder) && !hasFloatActivations ? quantizedActivations : float
    }

    /// Whether the folder's products have weights of 4 or 8 bits that are multiplied as they are: MatMulNBits.
    static func isQuantized(_ folder: String) -> Bool {
        folder.contains("-int") && !folder.contains("opset")
    }

    /// Whether equal bits for any division of a prompt take the option `deterministic`: float graphs always, quantised
    /// ones with float activations where a single row of these is multiplied differently from many.
    static func needsFixedOrder(_ folder: String) -> Bool {
        let hasFloatActivations = ["level1", "qdq", "fp16io", "qwen35moe"].contains { folder.contains($0) }
        return !isQuantized(folder) || hasFloatActivations && !KernelSet.current.multipliesTerms
    }

    /// Whether values between operators are bfloat16.
    static func isBrainPrecision(_ folder: String) -> Bool { folder.contains("bf16") }

    /// Whether a row's activations are quantised by the range of all rows, so that other rows change its bits.
    static func quantizesRowsTogether(_ folder: String) -> Bool { folder.hasSuffix("opset13-int8") }

    /// Whether the graph keeps the sums of linear attention in 16 bits from run to run, so that they are rounded where a
    /// prompt is cut into parts.
    static func roundsStates(_ folder: String) -> Bool {
        folder.contains("qwen35") && (folder.contains("fp16") || isBrainPrecision(folder))
    }

    /// Whether a session can forget the last tokens alone: not where caches are tensors, or where states sum up all tokens.
    static func takesTokensBack(_ folder: String) -> Bool {
        !folder.contains("qwen35") && !folder.contains("opset") || folder.contains("nopast")
    }

    /// Whether the graph gives logits for the last position alone.
    static func isPruned(_ folder: String) -> Bool { folder.contains("pruned") }
}
