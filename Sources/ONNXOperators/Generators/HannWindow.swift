// SPDX-License-Identifier: Apache-2.0

/// HannWindow: a Hann window.
///
/// Formula: `y[n] = 0.5 − 0.5 · cos(2πn ÷ N)` for n from 0 to size − 1; N is size, or size − 1 with periodic 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__HannWindow.html>, opsets 17.
/// - Supports: every number type as output_datatype.
/// - Deviations: none.
struct HannWindow: WindowOperator {
    static let coefficients: [Double] = [0.5, -0.5]
    let attributes: WindowAttributes
}
