// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// Layer normalization of `rows` rows of `columns` elements; float32 or float64.
    ///
    /// `output = (x − mean) / √(variance + epsilon) × scale + bias`; scale and bias have one element a column, or are
    /// left out. `mean` and `inverseDeviation` hold one value a row, in float32.
    package static func layerNormalization(
        _ input: Tensor, rows: Int, columns: Int, scale: Tensor?, bias: Tensor?, epsilon: Float,
        into output: Tensor?, mean: Tensor?, inverseDeviation: Tensor?, workers: WorkerPool
    ) throws(ONNXError) {
        let work = NormalizationWork(
            input: input, rows: rows, columns: columns, scale: scale, bias: bias, epsilon: epsilon,
            centered: true, output: output, mean: mean, inverseDeviation: inverseDeviation, workers: workers)
        try dispatchFloat(input.elementType, work, in: "LayerNormalization")
    }

    /// Root-mean-square normalization: `output = x / √(mean(x²) + epsilon) × scale`, and `inverseDeviation` the factor
    /// before the scale; else as
    /// ``layerNormalization(_:rows:columns:scale:bias:epsilon:into:mean:inverseDeviation:workers:)``.
    package static func rmsNormalization(
        _ input: Tensor, rows: Int, columns: Int, scale: Tensor?, epsilon: Float, into output: Tensor?,
        inverseDeviation: Tensor? = nil, workers: WorkerPool
    ) throws(ONNXError) {
        let work = NormalizationWork(
            input: input, rows: rows, columns: columns, scale: scale, bias: nil, epsilon: epsilon,
            centered: false, output: output, mean: nil, inverseDeviation: inverseDeviation, workers: workers)
        try dispatchFloat(input.elementType, work, in: "RMSNormalization")
    }

    /// `1 / √(mean(x²) + epsilon)` of each row of `columns` elements, in float32; NaN for rows of none.
    package static func inverseDeviation(
        _ input: Tensor, columns: Int, epsilon: Float, into output: Tensor, workers: WorkerPool
    ) throws(ONNXError) {
        guard columns > 0 else {
            return try fill(output, with: try Tensor(scalar: Float.nan), workers: workers)
        }
        try rmsNormalization(
            input, rows: input.shape.elementCount / columns, columns: columns, scale: nil, epsilon: epsilon,
            into: nil, inverseDeviation: output, workers: workers)
    }

    /// `output = x / norm(x)` along an axis, the norm being the sum of magnitudes or the root of the sum of squares;
    /// 0 where the norm is 0.
    package static func lpNormalization(
        _ input: Tensor, axis: Int, p: Int, into output: Tensor
    ) throws(ONNXError) {
        let work = LpNormalizationWork(
            input: input, view: AxisView(input.shape, axis: axis), p: p, output: output)
        try dispatchFloat(input.elementType, work, in: "LpNormalization")
    }
}

private struct NormalizationWork: FloatWork {
    let input: Tensor
    let rows: Int
    let columns: Int
    let scale: Tensor?
    let bias: Tensor?
    let epsilon: Float
    let centered: Bool
    let output: Tensor?
    let mean: Tensor?
    let inverseDeviation: Tensor?
    let workers: WorkerPool

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output?.mutablePointer(to: type)
        let weights = scale?.pointer(to: type)
        let offsets = bias?.pointer(to: type)
        let means = mean?.mutablePointer(to: Float.self)
        let deviations = inverseDeviation?.mutablePointer(to: Float.self)
        TypedKernels.inParallel(workers, count: rows, grain: max(1, 8_192 / max(1, columns))) { range in
            for row in range {
                let x = from + row * columns
                let average = centered ? sum(x, 0, squared: false) / Double(columns) : 0
                let variance = sum(x, average, squared: true) / Double(columns)
                let factor = 1 / (variance + Double(epsilon)).squareRoot()
                means?[row] = Float(average)
                deviations?[row] = Float(factor)
                guard let y = to.map({ $0 + row * columns }) else { continue }
                for i in 0..<columns {
                    var value = Element((Double(x[i]) - average) * factor)
                    if let weights { value *= weights[i] }
                    if let offsets { value += offsets[i] }
                    y[i] = value
                }
            }
        }
    }

    @inline(__always)
    private func sum<Element: FloatElement>(
        _ x: UnsafePointer<Element>, _ center: Double, squared: Bool
    ) -> Double {
        var total = 0.0
        for i in 0..<columns {
            let value = Double(x[i]) - center
            total += squared ? value * value : value
        }
        return total
    }
}

private struct LpNormalizationWork: FloatWork {
    let input: Tensor
    let view: AxisView
    let p: Int
    let output: Tensor

    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError) {
        let from = input.pointer(to: type)
        let to = output.mutablePointer(to: type)
        for group in 0..<view.outer * view.inner {
            let base = (group / view.inner) * view.length * view.inner + group % view.inner
            var total = 0.0
            for i in 0..<view.length {
                let x = Double(from[base + i * view.inner])
                total += p == 1 ? x.magnitude : x * x
            }
            let norm = p == 1 ? total : total.squareRoot()
            for i in 0..<view.length {
                let x = Double(from[base + i * view.inner])
                to[base + i * view.inner] = norm == 0 ? 0 : Element(x / norm)
            }
        }
    }
}
