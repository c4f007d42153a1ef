// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// ArgMin: the position of the least element along an axis; NaN counts as the least.
///
/// Formula: `reduced = min { i : data[i] = min(data) }` along the axis, the greatest such i with select_last_index.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ArgMin.html>, opsets 1, 11, 12, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; an empty axis is the error `op.shape`.
struct ArgMin: ArgExtremeOperator {
    static let greatest = false
    let attributes: ArgExtremeAttributes
}
