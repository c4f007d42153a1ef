// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels

/// The scores of one head's queries against its keys, written out: for outputs that show them, and for attention that
/// the fused kernel has no form for.
package struct AttentionScores: Sendable {
    package var headSize: Int
    package var queries: Int
    package var keys: Int
    /// Keys before the first query.
    package var past: Int
    package var scale: Float
    /// `softcap · tanh(score / softcap)` if positive.
    package var softcap: Float = 0
    package var isCausal: Bool
    /// Keys that a query sees, its own included; 0: all.
    package var window = 0

    package init(headSize: Int, queries: Int, keys: Int, past: Int, scale: Float, isCausal: Bool) {
        self.headSize = headSize
        self.queries = queries
        self.keys = keys
        self.past = past
        self.scale = scale
        self.isCausal = isCausal
    }

    /// Rows of a matrix in memory, `stride` elements apart.
    package struct Rows {
        let base: UnsafePointer<Float>
        let stride: Int

        package init(_ base: UnsafePointer<Float>, stride: Int) {
            self.base = base
            self.stride = stride
        }
    }

    /// Whether mask and window let the query see the key.
    package func sees(_ query: Int, _ key: Int) -> Bool {
        let position = past + query
        return (!isCausal || key <= position) && (window == 0 || key > position - window)
    }

    /// Writes `softcap(scale · q·k) + bias` to `target[query · rowStride + key]`, hidden keys included.
    ///
    /// - Throws: `kernel.matrix` for sizes that do not fit.
    package func write(
        query: Rows, keys rows: Rows, bias: Rows?, into target: UnsafeMutablePointer<Float>, rowStride: Int,
        workers: WorkerPool
    ) throws(ONNXError) {
        try FloatMatrix.multiply(
            MatrixProductShape(m: queries, n: keys, k: headSize, alpha: Double(scale)),
            a: MatrixOperand(query.base, rowStride: query.stride),
            b: MatrixOperand(rows.base, rowStride: rows.stride, isTransposed: true), into: target,
            rowStride: rowStride, workers: workers)
        for row in 0..<queries {
            let line = target + row * rowStride
            if softcap > 0 {
                for key in 0..<keys { line[key] = softcap * Float.hyperbolicTangent(line[key] / softcap) }
            }
            if let bias {
                let added = bias.base + row * bias.stride
                for key in 0..<keys { line[key] += added[key] }
            }
        }
    }

    /// Replaces the scores of hidden keys.
    package func hide(_ value: Float, in target: UnsafeMutablePointer<Float>, rowStride: Int) {
        guard isCausal || window > 0 else { return }
        for row in 0..<queries {
            for key in 0..<keys where !sees(row, key) { target[row * rowStride + key] = value }
        }
    }

    /// Turns scores into weights; a query that sees nothing gets zeros.
    ///
    /// - Parameter sink: `exp(sink)` joins the denominator.
    package func normalize(_ target: UnsafeMutablePointer<Float>, rowStride: Int, sink: Float? = nil) {
        hide(-.infinity, in: target, rowStride: rowStride)
        for row in 0..<queries {
            let line = target + row * rowStride
            var greatest = sink ?? -.infinity
            for key in 0..<keys { greatest = greatest.maximum(line[key]) }
            if greatest == -.infinity { greatest = 0 }
            var sum = sink.map { Float.exponential($0 - greatest) } ?? 0
            for key in 0..<keys {
                line[key] = Float.exponential(line[key] - greatest)
                sum += line[key]
            }
            let factor = sum == 0 ? 1 : 1 / sum
            for key in 0..<keys { line[key] *= factor }
        }
    }

    /// `weights × values`, rows of the output `outputStride` apart.
    ///
    /// - Throws: `kernel.matrix` for sizes that do not fit.
    package func accumulate(
        _ weights: UnsafePointer<Float>, rowStride: Int, values: Rows, valueSize: Int,
        into output: UnsafeMutablePointer<Float>, outputStride: Int, workers: WorkerPool
    ) throws(ONNXError) {
        try FloatMatrix.multiply(
            MatrixProductShape(m: queries, n: valueSize, k: keys),
            a: MatrixOperand(weights, rowStride: rowStride),
            b: MatrixOperand(values.base, rowStride: values.stride), into: output, rowStride: outputStride,
            workers: workers)
    }
}
