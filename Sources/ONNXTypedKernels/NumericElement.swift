// SPDX-License-Identifier: Apache-2.0
import ONNXTensors

/// An element type that arithmetic is defined on; no operation traps.
protocol NumericElement: TensorElement, Comparable, Numeric {
    /// The least value: −∞ for floating point.
    static var lowest: Self { get }
    /// The greatest value: +∞ for floating point.
    static var highest: Self { get }

    /// Sum; integers wrap.
    func adding(_ other: Self) -> Self
    /// Difference; integers wrap.
    func subtracting(_ other: Self) -> Self
    /// Product; integers wrap.
    func multiplied(by other: Self) -> Self
    /// Quotient; integers truncate toward zero, wrap for min ÷ −1 and give 0 for a divisor of 0.
    func quotient(_ divisor: Self) -> Self
    /// Remainder with the sign of the dividend; integers give 0 for a divisor of 0.
    func truncatedRemainder(_ divisor: Self) -> Self
    /// Remainder with the sign of the divisor; integers give 0 for a divisor of 0.
    func flooredRemainder(_ divisor: Self) -> Self
    /// The value, negated where it is negative; integers wrap.
    var absolute: Self { get }
    /// −1, 0 or 1; NaN stays.
    var signum: Self { get }
    /// The nearest double.
    var asDouble: Double { get }
    /// The nearest value of this type; integers truncate and saturate, NaN gives 0.
    init(saturating value: Double)
}

extension NumericElement {
    /// The greater of two; NaN wins.
    @inline(__always)
    func maximum(_ other: Self) -> Self { (self > other || self != self) ? self : other }

    /// The smaller of two; NaN wins.
    @inline(__always)
    func minimum(_ other: Self) -> Self { (self < other || self != self) ? self : other }

    /// Whether the value is NaN; always false for integers.
    @inline(__always)
    var isNotANumber: Bool { self != self }
}

extension NumericElement where Self: FixedWidthInteger {
    @inline(__always) static var lowest: Self { min }
    @inline(__always) static var highest: Self { max }
    @inline(__always) func adding(_ other: Self) -> Self { self &+ other }
    @inline(__always) func subtracting(_ other: Self) -> Self { self &- other }
    @inline(__always) func multiplied(by other: Self) -> Self { self &* other }

    @inline(__always)
    func quotient(_ divisor: Self) -> Self {
        divisor == 0 ? 0 : dividedReportingOverflow(by: divisor).partialValue
    }

    @inline(__always)
    func truncatedRemainder(_ divisor: Self) -> Self {
        divisor == 0 ? 0 : remainderReportingOverflow(dividingBy: divisor).partialValue
    }

    @inline(__always)
    func flooredRemainder(_ divisor: Self) -> Self {
        let remainder = truncatedRemainder(divisor)
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder &+ divisor : remainder
    }

    @inline(__always) var absolute: Self { self < 0 ? 0 &- self : self }
    @inline(__always) var signum: Self { self > 0 ? 1 : self == 0 ? 0 : 0 &- 1 }
    @inline(__always) var asDouble: Double { Double(self) }

    @inline(__always)
    init(saturating value: Double) {
        // Double(max) rounds up for 64-bit types, so the comparison is exact for all widths.
        if value >= Double(Self.max) {
            self = Self.max
        } else if value <= Double(Self.min) {
            self = Self.min
        } else if value == value {
            self = Self(value)
        } else {
            self = 0
        }
    }
}

extension NumericElement where Self: BinaryFloatingPoint {
    @inline(__always) static var lowest: Self { -infinity }
    @inline(__always) static var highest: Self { infinity }
    @inline(__always) func adding(_ other: Self) -> Self { self + other }
    @inline(__always) func subtracting(_ other: Self) -> Self { self - other }
    @inline(__always) func multiplied(by other: Self) -> Self { self * other }
    @inline(__always) func quotient(_ divisor: Self) -> Self { self / divisor }

    @inline(__always)
    func truncatedRemainder(_ divisor: Self) -> Self { truncatingRemainder(dividingBy: divisor) }

    @inline(__always)
    func flooredRemainder(_ divisor: Self) -> Self {
        let remainder = truncatingRemainder(dividingBy: divisor)
        if remainder == 0 { return divisor.sign == .minus ? -0.0 : 0 }
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder
    }

    @inline(__always) var absolute: Self { magnitude }
    @inline(__always) var signum: Self { self > 0 ? 1 : self < 0 ? -1 : self }
    @inline(__always) var asDouble: Double { Double(self) }
    @inline(__always) init(saturating value: Double) { self = Self(value) }
}

extension Float: NumericElement {}
extension Double: NumericElement {}
extension Int8: NumericElement {}
extension Int16: NumericElement {}
extension Int32: NumericElement {}
extension Int64: NumericElement {}
extension UInt8: NumericElement {}
extension UInt16: NumericElement {}
extension UInt32: NumericElement {}
extension UInt64: NumericElement {}
