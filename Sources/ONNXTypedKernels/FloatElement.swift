// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A floating-point element type with the C library's functions under one name for all widths.
protocol FloatElement: NumericElement, BinaryFloatingPoint {
    static func exponential(_ x: Self) -> Self
    static func logarithm(_ x: Self) -> Self
    static func logarithmOfOnePlus(_ x: Self) -> Self
    static func exponentialMinusOne(_ x: Self) -> Self
    static func power(_ base: Self, _ exponent: Self) -> Self
    static func errorFunction(_ x: Self) -> Self
    static func hyperbolicTangent(_ x: Self) -> Self
    static func trigonometric(_ function: Trigonometric, _ x: Self) -> Self
}

/// The functions of angles and of areas that ONNX names.
package enum Trigonometric: Sendable {
    case sine, cosine, tangent, arcSine, arcCosine, arcTangent
    case hyperbolicSine, hyperbolicCosine, areaSine, areaCosine, areaTangent
}

extension Float: FloatElement {
    @inline(__always) static func exponential(_ x: Float) -> Float { expf(x) }
    @inline(__always) static func logarithm(_ x: Float) -> Float { logf(x) }
    @inline(__always) static func logarithmOfOnePlus(_ x: Float) -> Float { log1pf(x) }
    @inline(__always) static func exponentialMinusOne(_ x: Float) -> Float { expm1f(x) }
    @inline(__always) static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
    @inline(__always) static func errorFunction(_ x: Float) -> Float { erff(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }

    static func trigonometric(_ function: Trigonometric, _ x: Float) -> Float {
        switch function {
        case .sine: sinf(x)
        case .cosine: cosf(x)
        case .tangent: tanf(x)
        case .arcSine: asinf(x)
        case .arcCosine: acosf(x)
        case .arcTangent: atanf(x)
        case .hyperbolicSine: sinhf(x)
        case .hyperbolicCosine: coshf(x)
        case .areaSine: asinhf(x)
        case .areaCosine: acoshf(x)
        case .areaTangent: atanhf(x)
        }
    }
}

extension Double: FloatElement {
    @inline(__always) static func exponential(_ x: Double) -> Double { exp(x) }
    @inline(__always) static func logarithm(_ x: Double) -> Double { log(x) }
    @inline(__always) static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
    @inline(__always) static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }
    @inline(__always) static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
    @inline(__always) static func errorFunction(_ x: Double) -> Double { erf(x) }
    @inline(__always) static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

    static func trigonometric(_ function: Trigonometric, _ x: Double) -> Double {
        switch function {
        case .sine: sin(x)
        case .cosine: cos(x)
        case .tangent: tan(x)
        case .arcSine: asin(x)
        case .arcCosine: acos(x)
        case .arcTangent: atan(x)
        case .hyperbolicSine: sinh(x)
        case .hyperbolicCosine: cosh(x)
        case .areaSine: asinh(x)
        case .areaCosine: acosh(x)
        case .areaTangent: atanh(x)
        }
    }
}
