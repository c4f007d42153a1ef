// SPDX-License-Identifier: Apache-2.0

/// BlackmanWindow: a Blackman window.
///
/// Formula: `y[n] = 0.42 − 0.5 · cos(2πn ÷ N) + 0.08 · cos(4πn ÷ N)` for n from 0 to size − 1; N is size, or size − 1 with periodic 0.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__BlackmanWindow.html>, opsets 17.
/// - Supports: every number type as output_datatype.
/// - Deviations: none.
struct BlackmanWindow: WindowOperator {
    static let coefficients: [Double] = [0.42, -0.5, 0.08]
    let attributes: WindowAttributes
}
