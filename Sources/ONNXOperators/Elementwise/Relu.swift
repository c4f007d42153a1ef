// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Relu: rectifier.
///
/// Formula: `Y = max(0, X)`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Relu.html>, opsets 1, 6, 13, 14.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Relu: SignOperator {
    static let operation = SignOperation.relu
}
