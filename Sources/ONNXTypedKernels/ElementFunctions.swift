// SPDX-License-Identifier: Apache-2.0

/// A function of one floating-point number, with its parameters.
protocol ElementFunction {
    func callAsFunction<Element: FloatElement>(_ x: Element) -> Element
}

struct ExponentialFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { E.exponential(x) }
}

struct LogarithmFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { E.logarithm(x) }
}

struct SquareRootFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { x.squareRoot() }
}

struct ReciprocalFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { 1 / x }
}

struct ErrorFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { E.errorFunction(x) }
}

struct RoundingFunction: ElementFunction {
    let rule: FloatingPointRoundingRule
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { x.rounded(rule) }
}

struct TrigonometricFunction: ElementFunction {
    let function: Trigonometric
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { E.trigonometric(function, x) }
}

struct HyperbolicTangentFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { E.hyperbolicTangent(x) }
}

/// `1 / (1 + exp(−x))`, without overflow.
struct SigmoidFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        let power = E.exponential(-x.magnitude)
        return x < 0 ? power / (1 + power) : 1 / (1 + power)
    }
}

/// `log(1 + exp(x))`, without overflow.
struct SoftplusFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        let tail = E.logarithmOfOnePlus(E.exponential(-x.magnitude))
        return x > 0 ? x + tail : tail + (x != x ? x : 0)
    }
}

struct SoftsignFunction: ElementFunction {
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { x / (1 + x.magnitude) }
}

struct EluFunction: ElementFunction {
    let alpha: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E { x < 0 ? E(alpha) * E.exponentialMinusOne(x) : x }
}

struct CeluFunction: ElementFunction {
    let alpha: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        x < 0 ? E(alpha) * E.exponentialMinusOne(x / E(alpha)) : x
    }
}

struct SeluFunction: ElementFunction {
    let alpha: Float
    let gamma: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        E(gamma) * (x < 0 ? E(alpha) * E.exponentialMinusOne(x) : x)
    }
}

struct LeakyReluFunction: ElementFunction {
    let alpha: Float
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E { x < 0 ? E(alpha) * x : x }
}

struct ThresholdedReluFunction: ElementFunction {
    let alpha: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E { x > E(alpha) ? x : 0 }
}

struct HardSigmoidFunction: ElementFunction {
    let alpha: Float
    let beta: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        let value = E(alpha) * x + E(beta)
        return value < 0 ? 0 : value > 1 ? 1 : value
    }
}

struct HardSwishFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        x * HardSigmoidFunction(alpha: 1 / 6, beta: 0.5)(x)
    }
}

struct MishFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E { x * E.hyperbolicTangent(SoftplusFunction()(x)) }
}

/// `x × sigmoid(alpha × x)`.
struct SwishFunction: ElementFunction {
    let alpha: Float
    @inline(__always) func callAsFunction<E: FloatElement>(_ x: E) -> E {
        x * SigmoidFunction()(E(alpha) * x)
    }
}

/// `x × Φ(x)` by the error function.
struct GeluFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        0.5 * x * (1 + E.errorFunction(x * 0.707_106_781_186_547_524_4))
    }
}

/// `x × Φ(x)` with Φ approximated by a hyperbolic tangent.
struct TanhGeluFunction: ElementFunction {
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        let inner = 0.797_884_560_802_865_355_9 * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + E.hyperbolicTangent(inner))
    }
}

struct ShrinkFunction: ElementFunction {
    let lambda: Float
    let bias: Float
    @inline(__always)
    func callAsFunction<E: FloatElement>(_ x: E) -> E {
        x < -E(lambda) ? x + E(bias) : x > E(lambda) ? x - E(bias) : 0
    }
}
