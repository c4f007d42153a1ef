// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// How far a computed value may lie from the expected one: |computed − expected| ≤ absolute + relative · |expected|,
/// as `numpy.testing.assert_allclose` has it.
package struct Tolerance: Sendable, Hashable {
    package var relative: Double
    package var absolute: Double

    /// The tolerance of ONNX's own operator tests.
    package static let standard = Tolerance(relative: 1e-3, absolute: 1e-7)

    package init(relative: Double, absolute: Double) {
        self.relative = relative
        self.absolute = absolute
    }

    /// Why the tensors differ, or nil when they agree.
    package func difference(_ computed: Tensor, _ expected: Tensor) throws(ONNXError) -> String? {
        guard computed.elementType == expected.elementType else {
            return "type \(computed.elementType), expected \(expected.elementType)"
        }
        guard computed.shape == expected.shape else {
            return "shape \(computed.shape), expected \(expected.shape)"
        }
        if expected.elementType == .string {
            let differs = try computed.strings() != expected.strings()
            return differs ? "the strings differ" : nil
        }
        let left = try ConformanceValues.doubles(computed)
        let right = try ConformanceValues.doubles(expected)
        var worst = 0.0
        var wrong = 0
        var first: String?
        for (index, (a, b)) in zip(left, right).enumerated() {
            if a == b || (a.isNaN && b.isNaN) { continue }
            let distance = abs(a - b)
            if distance <= absolute + relative * abs(b), b.isFinite { continue }
            wrong += 1
            worst = max(worst, distance)
            if first == nil { first = "at \(index): \(a), expected \(b)" }
        }
        guard let first else { return nil }
        return "\(wrong) of \(left.count) elements differ by up to \(worst); \(first)"
    }
}
