// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A function of two elements, as a type so that loops over it are specialised.
protocol PairFunction {
    associatedtype Element: BitwiseCopyable
    associatedtype Result: BitwiseCopyable
    init()
    func callAsFunction(_ a: Element, _ b: Element) -> Result
}

struct AddFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.adding(b) }
}

struct SubtractFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.subtracting(b) }
}

struct MultiplyFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.multiplied(by: b) }
}

struct DivideFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.quotient(b) }
}

struct TruncatedRemainderFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.truncatedRemainder(b) }
}

struct FlooredRemainderFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.flooredRemainder(b) }
}

struct MinimumFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.minimum(b) }
}

struct MaximumFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a.maximum(b) }
}

/// `max(0, a)` where `a ≥ 0`, else `slope × a`.
struct ParametricReluFunction<Element: NumericElement>: PairFunction {
    @inline(__always)
    func callAsFunction(_ a: Element, _ b: Element) -> Element { a < 0 ? a.multiplied(by: b) : a }
}

struct FloatPowerFunction<Element: FloatElement>: PairFunction {
    @inline(__always)
    func callAsFunction(_ a: Element, _ b: Element) -> Element {
        if b == 2 { return a * a }
        return Element.power(a, b)
    }
}

/// Integer power; wraps; a negative exponent gives the truncated quotient, and 0 where that is infinite.
struct IntegerPowerFunction: PairFunction {
    func callAsFunction(_ a: Int64, _ b: Int64) -> Int64 {
        if b < 0 {
            if a == 1 { return 1 }
            if a == -1 { return b & 1 == 0 ? 1 : -1 }
            return 0
        }
        var result: Int64 = 1
        var factor = a
        var exponent = b
        while exponent > 0 {
            if exponent & 1 == 1 { result = result &* factor }
            factor = factor &* factor
            exponent >>= 1
        }
        return result
    }
}

struct EqualFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Bool { a == b }
}

struct LessFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Bool { a < b }
}

struct LessOrEqualFunction<Element: NumericElement>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Bool { a <= b }
}

struct AndFunction<Element: FixedWidthInteger & BitwiseCopyable>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a & b }
}

struct OrFunction<Element: FixedWidthInteger & BitwiseCopyable>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a | b }
}

struct XorFunction<Element: FixedWidthInteger & BitwiseCopyable>: PairFunction {
    @inline(__always) func callAsFunction(_ a: Element, _ b: Element) -> Element { a ^ b }
}

/// Shift to the left; 0 from the element's width on.
struct ShiftLeftFunction<Element: FixedWidthInteger & BitwiseCopyable>: PairFunction {
    @inline(__always)
    func callAsFunction(_ a: Element, _ b: Element) -> Element { b >= Element.bitWidth ? 0 : a << b }
}

/// Shift to the right; 0 from the element's width on.
struct ShiftRightFunction<Element: FixedWidthInteger & BitwiseCopyable>: PairFunction {
    @inline(__always)
    func callAsFunction(_ a: Element, _ b: Element) -> Element { b >= Element.bitWidth ? 0 : a >> b }
}

/// Shift to the right that fills with the sign; the sign alone for counts that are negative or reach the width.
struct SignedShiftRightFunction<Element: FixedWidthInteger & SignedInteger & BitwiseCopyable>: PairFunction {
    @inline(__always)
    func callAsFunction(_ a: Element, _ b: Element) -> Element {
        b < 0 || b >= Element.bitWidth ? (a < 0 ? -1 : 0) : a >> b
    }
}
