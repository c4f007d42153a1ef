// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// And: logical conjunction of two tensors element by element, broadcast.
///
/// Formula: `C = A ∧ B`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__And.html>, opsets 1, 7.
/// - Supports: bool.
/// - Deviations: none.
struct And: BitsOperator {
    static let operation = BitOperation.and
    static let types = Set.bool
}
