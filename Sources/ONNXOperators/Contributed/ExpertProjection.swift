// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// One projection of every expert: `[experts, outputs, inputs]`.
protocol ExpertProjection: Sendable {
    /// Outputs of one expert.
    var outputs: Int { get }

    /// `target = source × weightsᵀ` for `rows` rows of one expert.
    func multiply(
        _ expert: Int, _ source: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(ONNXError)
}

/// A projection with float32 weights.
struct FloatExpertProjection: ExpertProjection {
    let weights: Tensor

    var outputs: Int { weights.shape[1] }

    func multiply(
        _ expert: Int, _ source: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(ONNXError) {
        let (outputs, inputs) = (weights.shape[1], weights.shape[2])
        defer { withExtendedLifetime(weights) {} }
        try FloatMatrix.multiply(
            MatrixProductShape(m: rows, n: outputs, k: inputs),
            a: MatrixOperand(source, rowStride: inputs),
            b: MatrixOperand(
                weights.floats + expert * outputs * inputs, rowStride: inputs, isTransposed: true),
            into: target, rowStride: outputs, workers: context.workers)
    }
}

/// A projection with packed block-quantised weights.
struct QuantizedExpertProjection: ExpertProjection {
    let experts: [QuantizedMatrix]

    var outputs: Int { experts.first?.n ?? 0 }

    func multiply(
        _ expert: Int, _ source: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>,
        _ context: RunContext
    ) throws(ONNXError) {
        try experts[expert].multiply(
            source, rows: rows, into: target, workers: context.workers, scratch: context.kernelScratch)
    }
}
