// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// Or: logical disjunction of two tensors element by element, broadcast.
///
/// Formula: `C = A ∨ B`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Or.html>, opsets 1, 7.
/// - Supports: bool.
/// - Deviations: none.
struct Or: BitsOperator {
    static let operation = BitOperation.or
    static let types = Set.bool
}
