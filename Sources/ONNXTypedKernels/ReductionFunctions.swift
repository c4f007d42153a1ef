// SPDX-License-Identifier: Apache-2.0

/// How many elements become one: a start, a step, and an end that knows how many there were.
protocol ReductionFunction {
    associatedtype Element: NumericElement
    associatedtype State
    static var start: State { get }
    static func step(_ state: inout State, _ x: Element)
    static func end(_ state: State, count: Int) -> Element
}

/// A type that sums are kept in: double for floating point, the type itself for integers.
protocol SummableElement: NumericElement {
    associatedtype Total: NumericElement
    static func widened(_ x: Self) -> Total
    static func narrowed(_ total: Total) -> Self
    /// The total over the count; integers truncate, and give 0 for no elements.
    static func mean(_ total: Total, count: Int) -> Self
}

extension SummableElement where Self: FixedWidthInteger, Total == Self {
    @inline(__always) static func widened(_ x: Self) -> Self { x }
    @inline(__always) static func narrowed(_ total: Self) -> Self { total }
    @inline(__always)
    static func mean(_ total: Self, count: Int) -> Self {
        count == 0 ? 0 : total.quotient(Self(truncatingIfNeeded: count))
    }
}

extension SummableElement where Self: BinaryFloatingPoint, Total == Double {
    @inline(__always) static func widened(_ x: Self) -> Double { Double(x) }
    @inline(__always) static func narrowed(_ total: Double) -> Self { Self(total) }
    @inline(__always) static func mean(_ total: Double, count: Int) -> Self { Self(total / Double(count)) }
}

extension Float: SummableElement { typealias Total = Double }
extension Double: SummableElement { typealias Total = Double }
extension Int8: SummableElement { typealias Total = Int8 }
extension Int16: SummableElement { typealias Total = Int16 }
extension Int32: SummableElement { typealias Total = Int32 }
extension Int64: SummableElement { typealias Total = Int64 }
extension UInt8: SummableElement { typealias Total = UInt8 }
extension UInt16: SummableElement { typealias Total = UInt16 }
extension UInt32: SummableElement { typealias Total = UInt32 }
extension UInt64: SummableElement { typealias Total = UInt64 }

enum SumReduction<Element: SummableElement>: ReductionFunction {
    static var start: Element.Total { 0 }
    @inline(__always)
    static func step(_ state: inout Element.Total, _ x: Element) { state = state.adding(Element.widened(x)) }
    static func end(_ state: Element.Total, count: Int) -> Element { Element.narrowed(state) }
}

enum MeanReduction<Element: SummableElement>: ReductionFunction {
    static var start: Element.Total { 0 }
    @inline(__always)
    static func step(_ state: inout Element.Total, _ x: Element) { state = state.adding(Element.widened(x)) }
    static func end(_ state: Element.Total, count: Int) -> Element { Element.mean(state, count: count) }
}

enum ProductReduction<Element: SummableElement>: ReductionFunction {
    static var start: Element.Total { 1 }
    @inline(__always)
    static func step(_ state: inout Element.Total, _ x: Element) {
        state = state.multiplied(by: Element.widened(x))
    }
    static func end(_ state: Element.Total, count: Int) -> Element { Element.narrowed(state) }
}

enum MaximumReduction<Element: NumericElement>: ReductionFunction {
    static var start: Element { .lowest }
    @inline(__always) static func step(_ state: inout Element, _ x: Element) { state = state.maximum(x) }
    static func end(_ state: Element, count: Int) -> Element { state }
}

enum MinimumReduction<Element: NumericElement>: ReductionFunction {
    static var start: Element { .highest }
    @inline(__always) static func step(_ state: inout Element, _ x: Element) { state = state.minimum(x) }
    static func end(_ state: Element, count: Int) -> Element { state }
}

/// Sum of absolute values.
enum L1Reduction<Element: SummableElement>: ReductionFunction {
    static var start: Element.Total { 0 }
    @inline(__always)
    static func step(_ state: inout Element.Total, _ x: Element) {
        state = state.adding(Element.widened(x.absolute))
    }
    static func end(_ state: Element.Total, count: Int) -> Element { Element.narrowed(state) }
}

/// Square root of the sum of squares.
enum L2Reduction<Element: SummableElement>: ReductionFunction {
    static var start: Double { 0 }
    @inline(__always)
    static func step(_ state: inout Double, _ x: Element) { state += x.asDouble * x.asDouble }
    static func end(_ state: Double, count: Int) -> Element { Element(saturating: state.squareRoot()) }
}

enum SumOfSquaresReduction<Element: SummableElement>: ReductionFunction {
    static var start: Element.Total { 0 }
    @inline(__always)
    static func step(_ state: inout Element.Total, _ x: Element) {
        let wide = Element.widened(x)
        state = state.adding(wide.multiplied(by: wide))
    }
    static func end(_ state: Element.Total, count: Int) -> Element { Element.narrowed(state) }
}

enum LogOfSumReduction<Element: SummableElement>: ReductionFunction {
    static var start: Double { 0 }
    @inline(__always) static func step(_ state: inout Double, _ x: Element) { state += x.asDouble }
    static func end(_ state: Double, count: Int) -> Element { Element(saturating: Double.logarithm(state)) }
}

/// The logarithm of the sum of exponentials, kept as the greatest element and the sum relative to it.
enum LogOfSumOfExponentialsReduction<Element: SummableElement>: ReductionFunction {
    struct State {
        var greatest = -Double.infinity
        var sum = 0.0
    }

    static var start: State { State() }

    @inline(__always)
    static func step(_ state: inout State, _ x: Element) {
        let value = x.asDouble
        if value > state.greatest {
            state.sum = state.sum * Double.exponential(state.greatest - value) + 1
            state.greatest = value
        } else if value != value {
            state.sum += value
        } else if value > -.infinity, value < .infinity {
            state.sum += Double.exponential(value - state.greatest)
        }
    }

    static func end(_ state: State, count: Int) -> Element {
        guard state.greatest < .infinity else { return Element(saturating: state.greatest + state.sum * 0) }
        return Element(
            saturating: state.greatest == -.infinity && state.sum == 0
                ? -.infinity : state.greatest + Double.logarithm(state.sum))
    }
}
