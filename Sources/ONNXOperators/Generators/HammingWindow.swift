// SPDX-License-Identifier: Apache-2.0

/// HammingWindow: a Hamming window.
///
/// Formula: `y[n] = 25/46 − 21/46 · cos(2πn ÷ N)` for n from 0 to size − 1; N is size, or size − 1 with periodic 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__HammingWindow.html>, opsets 17.
/// - Supports: every number type as output_datatype.
/// - Deviations: none.
struct HammingWindow: WindowOperator {
    static let coefficients: [Double] = [25.0 / 46, -21.0 / 46]
    let attributes: WindowAttributes
}
