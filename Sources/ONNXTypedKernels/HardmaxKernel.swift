// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

extension TypedKernels {
    /// 1 for the first greatest element along the axis of `view`, 0 for the others; float32 or float64.
    package static func hardmax(
        _ input: Tensor, view: AxisView, into output: Tensor
    ) throws(ONNXError) {
        try dispatchFloat(
            input.elementType, HardmaxWork(input: input, view: view, output: output), in: "Hardmax")
        withExtendedLifetime((input, output)) {}
    }
}

private struct HardmaxWork: FloatWork {
    let input: Tensor
    let view: AxisView
    let output: Tensor

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        guard view.length > 0 else { return }
        for group in 0..<view.outer * view.inner {
            let base = (group / view.inner) * view.length * view.inner + group % view.inner
            var best = 0
            for i in 1..<view.length {
                let (x, greatest) = (from[base + i * view.inner], from[base + best * view.inner])
                if x > greatest || x.isNaN && !greatest.isNaN { best = i }
            }
            for i in 0..<view.length { to[base + i * view.inner] = i == best ? 1 : 0 }
        }
    }
}
