// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// ArgMax: the position of the greatest element along an axis; NaN counts as the greatest.
///
/// Formula: `reduced = min { i : data[i] = max(data) }` along the axis, the greatest such i with select_last_index.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__ArgMax.html>, opsets 1, 11, 12, 13.
/// - Supports: floats and integers of 8 to 64 bits.
/// - Deviations: none; an empty axis is the error `op.shape`.
struct ArgMax: ArgExtremeOperator {
    static let greatest = true
    let attributes: ArgExtremeAttributes
}
