// SPDX-License-Identifier: Apache-2.0
import ONNXTypedKernels

/// Neg: negation.
///
/// Formula: `Y = −X`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Neg.html>, opsets 1, 6, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; the least integer negated stays.
struct Neg: SignOperator {
    static let operation = SignOperation.negate
}
