// SPDX-License-Identifier: Apache-2.0
package import ONNXKernels

/// What lies between the projections of an expert.
package enum ExpertActivation: Sendable, Hashable {
    case relu, silu, identity
    /// The square of what is positive.
    case squaredReLU
    /// With the hyperbolic tangent.
    case gelu
    /// `g · sigmoid(alpha · g) · (l + beta)`, g cut at the limit from above, l on both sides.
    case swiGLU(GateLayout, alpha: Float, beta: Float, limit: Float)
    /// `gelu(g) · l`, with the hyperbolic tangent.
    case geGLU(GateLayout)

    /// Where the gates g and the linear parts l lie.
    package enum GateLayout: Sendable, Hashable {
        /// g is the first projection, l another one.
        case separate
        /// `g₀ l₀ g₁ l₁ …` in each row of the first projection.
        case interleaved
        /// All g, then all l, in each row of the first projection.
        case concatenated
    }

    /// Where gates lie; nil where there are none.
    package var gates: GateLayout? {
        switch self {
        case .swiGLU(let layout, _, _, _), .geGLU(let layout): layout
        case .relu, .squaredReLU, .silu, .identity, .gelu: nil
        }
    }

    /// Whether the first projection holds both parts.
    package var isFused: Bool { gates.map { $0 != .separate } ?? false }

    @inline(__always)
    func callAsFunction(_ x: Float) -> Float {
        switch self {
        case .relu: max(0, x)
        case .squaredReLU: max(0, x) * max(0, x)
        case .silu: x / (1 + Float.exponential(-x))
        case .identity, .swiGLU: x
        case .gelu, .geGLU:
            0.5 * x * (1 + Float.hyperbolicTangent(0.797_884_6 * (x + 0.044_715 * x * x * x)))
        }
    }

    /// A gate and its linear part.
    @inline(__always)
    func callAsFunction(_ gate: Float, _ linear: Float) -> Float {
        guard case .swiGLU(_, let alpha, let beta, let limit) = self else { return self(gate) * linear }
        let g = min(gate, limit)
        return g / (1 + Float.exponential(-alpha * g)) * (max(-limit, min(linear, limit)) + beta)
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
                guard let layout = activation.gates else {
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
                for i in 0..<width { y[i] = activation(gates[i * stride], linear[i * stride]) }
            }
        }
    }
}
