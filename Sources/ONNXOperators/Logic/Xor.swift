// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// Xor: logical exclusive disjunction of two tensors element by element, broadcast.
///
/// Formula: `C = A ⊕ B`.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__Xor.html>, opsets 1, 7.
/// - Supports: bool.
/// - Deviations: none.
struct Xor: BitsOperator {
    static let operation = BitOperation.xor
    static let types = Set.bool
}
