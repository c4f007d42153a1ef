// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

extension TypedKernels {
    /// `output[n] = Σ coefficients[k] · cos(2πkn ÷ N)` in float64, N being the length, or one less unless it is periodic.
    package static func cosineSum(_ coefficients: [Double], isPeriodic: Bool, into output: Tensor) {
        let count = output.shape.elementCount
        let period = isPeriodic ? count : count - 1
        let to = output.mutablePointer(to: Double.self)
        for index in 0..<count {
            // A symmetric window of one element has no period: 0 ÷ 0, as in ONNX's function.
            let angle = 2 * Double.pi * Double(index) / Double(period)
            var sum = 0.0
            for (order, coefficient) in coefficients.enumerated() {
                sum += coefficient * Double.trigonometric(.cosine, Double(order) * angle)
            }
            to[index] = sum
        }
        withExtendedLifetime(output) {}
    }
}
