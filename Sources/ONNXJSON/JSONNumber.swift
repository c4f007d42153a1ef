// SPDX-License-Identifier: Apache-2.0

/// A JSON number, kept so that nothing of it is lost.
///
/// A literal without fraction and exponent that fits in `Int` is an ``integer(_:)``. Everything else is a
/// ``real(_:literal:)``: the nearest double together with the text it was written as.
///
///     let whole = JSONNumber.integer(3)
///     let fraction = JSONNumber.real(0.25, literal: "2.5e-1")
///     print(whole.exactInt ?? 0, fraction.exactInt == nil)  // 3 true
///     print(fraction.doubleValue, fraction.isIntegerLiteral)  // 0.25 false
///     print(JSONNumber(0.5).doubleValue)  // 0.5
public enum JSONNumber: Sendable, Hashable {
    /// Neither fraction nor exponent, and small enough.
    case integer(Int)
    /// Any other number, with its text.
    case real(Double, literal: String)

    /// A finite double, with its shortest text as literal.
    ///
    /// Not-a-number and the infinities have no JSON form; they are kept with Python's spelling of them.
    public init(_ value: Double) {
        self = .real(value, literal: PythonNumber.json(value))
    }

    /// The value as a double, rounded to the nearest where it does not fit.
    public var doubleValue: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value, _): value
        }
    }

    /// The value as an integer when it is one and fits; `3.0` counts as three.
    public var exactInt: Int? {
        switch self {
        case .integer(let value): value
        case .real(let value, _): Int(exactly: value)
        }
    }

    /// Whether the literal has neither fraction nor exponent, whatever its size.
    public var isIntegerLiteral: Bool {
        switch self {
        case .integer: true
        case .real(_, let literal):
            !literal.utf8.contains { $0 == 0x2E || $0 == 0x65 || $0 == 0x45 || $0 > 0x65 }
        }
    }
}
