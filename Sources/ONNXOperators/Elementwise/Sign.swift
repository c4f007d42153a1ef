// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Sign: sign.
///
/// Formula: `Y = X > 0 ? 1 : X < 0 ? −1 : 0`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Sign.html>, opsets 9, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none.
struct Sign: SignOperator {
    static let operation = SignOperation.sign
}
