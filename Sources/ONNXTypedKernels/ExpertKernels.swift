// SPDX-License-Identifier: Apache-2.0
package import ONNXKernels

/// What lies between the projections of an expert.
package enum ExpertActivation: Sendable, Hashable {
    case relu, silu, identity
    /// With the hyperbolic tangent.
    case gelu
    /// `g · sigmoid(alpha · g) · (l + beta)`, g cut at the limit from above, l on both sides.
    case swiGLU(GateLayout, alpha: Float, beta: Float, limit: Float)

    /// Where the gates g and the linear parts l lie.
    package enum GateLayout: Sendable, Hashable {
        /// g is the first projection, l another one.
        case separate
        /// `g₀ l₀ g₁ l₁ …` in each row of the first projection.
        case interleaved
        /// All g, then all l, in each row of the first projection.
        case concatenated
    }

    /// Whether the first projection holds both parts.
    package var isFused: Bool {
        if case .swiGLU(let layout, _, _, _) = self { return layout != .separate }
        return false
    }

    @inline(__always)
    func callAsFunction(_ x: Float) -> Float {
        switch self {
        case .relu: max(0, x)
        case .silu: x / (1 + Float.exponential(-x))
        case .identity, .swiGLU: x
        case .gelu: 0.5 * x * (1 + Float.hyperbolicTangent(0.797_884_6 * (x + 0.044_715 * x * x * x)))
        }
    }
}

extension TypedKernels {
    /// The activation of rows of a first projection, times the rows of another where there is one and the activation
    /// does not take it in.
    ///
    /// - Parameters:
    ///   - first: `[rows, width]`, or `[rows, 2 × width]` where the activation is fused.
    ///   - other: `[rows, width]`.
    ///   - result: `[rows, width]`; may not overlap the others.
    package static func activate(
        _ activation: ExpertActivation, _ first: UnsafePointer<Float>, _ other: UnsafePointer<Float>?,
        into result: UnsafeMutablePointer<Float>, rows: Int, width: Int, workers: WorkerPool
    ) {
        inParallel(workers, count: rows, grain: max(1, parallelGrain / max(1, 16 * width))) { range in
            for row in range {
                let y = result + row * width
                guard case .swiGLU(let layout, let alpha, let beta, let limit) = activation else {
                    let x = first + row * width
                    for i in 0..<width { y[i] = activation(x[i]) }
                    if let other { for i in 0..<width { y[i] *= other[row * width + i] } }
                    continue
                }
                let fused = first + 2 * row * width
                let (gates, linear, stride): (UnsafePointer<Float>, UnsafePointer<Float>, Int)
                switch (layout, other) {
                case (.interleaved, _): (gates, linear, stride) = (fused, fused + 1, 2)
                case (.concatenated, _), (.separate, nil): (gates, linear, stride) = (fused, fused + width, 1)
                case (.separate, let other?):
                    (gates, linear, stride) = (first + row * width, other + row * width, 1)
                }
                for i in 0..<width {
                    let g = Swift.min(gates[i * stride], limit)
                    let l = Swift.max(-limit, Swift.min(linear[i * stride], limit))
                    y[i] = g / (1 + Float.exponential(-alpha * g)) * (l + beta)
                }
            }
        }
    }
}
