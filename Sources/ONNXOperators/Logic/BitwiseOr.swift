// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTypedKernels

/// BitwiseOr: disjunction bit by bit of two integer tensors, broadcast.
///
/// Formula: `C = A ∨ B` for every bit.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BitwiseOr.html>, opsets 18.
/// - Supports: integers of 8 to 64 bits.
/// - Deviations: none.
struct BitwiseOr: BitsOperator {
    static let operation = BitOperation.or
    static let types = Set.integers
}
