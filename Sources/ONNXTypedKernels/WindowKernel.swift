// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

extension TypedKernels {
    /// Part of `window[n] = Σ coefficients[k] · cos(2πkn ÷ N)` in float64, N being the length, or one less unless it is
    /// periodic.
    ///
    /// - Parameters:
    ///   - length: elements of the whole window.
    ///   - first: the n of the part's first element.
    package static func cosineSum(
        _ coefficients: [Double], isPeriodic: Bool, length: Int, from first: Int, into part: Tensor
    ) {
        let period = isPeriodic ? length : length - 1
        let to = part.mutablePointer(to: Double.self)
        for index in 0..<part.shape.elementCount {
            // A symmetric window of one element has no period: 0 ÷ 0, as in ONNX's function.
            let angle = 2 * Double.pi * Double(first + index) / Double(period)
            var sum = 0.0
            for (order, coefficient) in coefficients.enumerated() {
                sum += coefficient * Double.trigonometric(.cosine, Double(order) * angle)
            }
            to[index] = sum
        }
        withExtendedLifetime(part) {}
    }
}
