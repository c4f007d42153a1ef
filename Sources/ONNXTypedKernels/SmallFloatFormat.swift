// SPDX-License-Identifier: Apache-2.0
import ONNXTensors

/// How a value is brought to a floating-point type of 8 bits or fewer.
package struct SmallFloatRounding: Sendable, Hashable {
    /// Which neighbour a value takes that lies between two of float8e8m0; the other types round to nearest, ties to
    /// even.
    package enum Mode: String, Sendable { case up, down, nearest }

    /// A value beyond the range becomes the greatest of the range, not an infinity or NaN.
    package var saturates: Bool
    package var mode: Mode

    package init(saturates: Bool = true, mode: Mode = .up) {
        self.saturates = saturates
        self.mode = mode
    }
}

/// A floating-point type of 8 bits or fewer.
///
/// Source: <https://onnx.ai/onnx/technical/float8.html>, <https://onnx.ai/onnx/technical/float4.html>.
struct SmallFloatFormat {
    /// What the patterns beyond the greatest finite value mean.
    private enum Specials {
        /// The greatest exponent holds infinities and NaN.
        case ieee
        /// All bits set are NaN; there are no infinities.
        case allOnes
        /// Minus zero is NaN; there are no infinities.
        case minusZero
        /// There are neither NaN nor infinities.
        case none
    }

    private let mantissaBits: Int
    private let bias: Int
    private let bits: Int
    private let specials: Specials
    private let isPowerOfTwo: Bool

    /// Nil for other types.
    init?(_ type: ElementType) {
        let (mantissa, bias, bits, specials): (Int, Int, Int, Specials)
        switch type {
        case .float8e4m3fn: (mantissa, bias, bits, specials) = (3, 7, 8, .allOnes)
        case .float8e4m3fnuz: (mantissa, bias, bits, specials) = (3, 8, 8, .minusZero)
        case .float8e5m2: (mantissa, bias, bits, specials) = (2, 15, 8, .ieee)
        case .float8e5m2fnuz: (mantissa, bias, bits, specials) = (2, 16, 8, .minusZero)
        case .float4e2m1: (mantissa, bias, bits, specials) = (1, 1, 4, .none)
        case .float8e8m0: (mantissa, bias, bits, specials) = (0, 127, 8, .allOnes)
        default: return nil
        }
        mantissaBits = mantissa
        self.bias = bias
        self.bits = bits
        self.specials = specials
        isPowerOfTwo = type == .float8e8m0
    }

    private var signBit: UInt8 { 1 << UInt8(bits - 1) }

    /// The greatest finite pattern without the sign.
    private var greatest: UInt8 {
        switch specials {
        case .ieee: ((signBit >> UInt8(mantissaBits)) - 1) << UInt8(mantissaBits) - 1
        case .allOnes: signBit - 2
        case .minusZero, .none: signBit - 1
        }
    }

    /// The value of a pattern.
    func value(_ pattern: UInt8) -> Double {
        if isPowerOfTwo {
            return pattern == 0xff ? .nan : Double(sign: .plus, exponent: Int(pattern) - bias, significand: 1)
        }
        let magnitude = pattern & (signBit - 1)
        let isNegative = pattern & signBit != 0
        if specials == .minusZero, magnitude == 0, isNegative { return .nan }
        if magnitude > greatest {
            guard specials == .ieee, magnitude == greatest + 1 else { return .nan }
            return isNegative ? -.infinity : .infinity
        }
        let exponent = Int(magnitude >> UInt8(mantissaBits))
        let fraction = Double(magnitude & ((1 << UInt8(mantissaBits)) - 1))
        let unit = Double(sign: .plus, exponent: 1 - bias - mantissaBits, significand: 1)
        let size =
            exponent == 0
            ? fraction * unit
            : (fraction + Double(1 << mantissaBits)) * unit
                * Double(sign: .plus, exponent: exponent - 1, significand: 1)
        return isNegative ? -size : size
    }

    /// The pattern of a value.
    func pattern(_ value: Double, _ rounding: SmallFloatRounding) -> UInt8 {
        if isPowerOfTwo { return powerOfTwo(value, rounding) }
        let sign = value.sign == .minus ? signBit : 0
        if value.isNaN { return notANumber(sign) }
        let size = value.magnitude
        guard size.isFinite else { return beyond(sign, rounding) }
        let exponent = max(size == 0 ? 1 - bias : Int(size.exponent), 1 - bias)
        let unit = Double(sign: .plus, exponent: exponent - mantissaBits, significand: 1)
        let steps = Int((size / unit).rounded(.toNearestOrEven))
        // A carry out of the mantissa reaches the exponent by itself, for the patterns are in order.
        let code = (exponent + bias - 1) << mantissaBits + steps
        if code > Int(greatest) { return beyond(sign, rounding) }
        return code == 0 && specials == .minusZero ? 0 : sign | UInt8(code)
    }

    private func notANumber(_ sign: UInt8) -> UInt8 {
        switch specials {
        case .ieee: sign | (greatest + 3)
        case .allOnes: sign | (signBit - 1)
        case .minusZero: signBit
        case .none: signBit
        }
    }

    private func beyond(_ sign: UInt8, _ rounding: SmallFloatRounding) -> UInt8 {
        if rounding.saturates || specials == .none { return sign | greatest }
        return specials == .ieee ? sign | (greatest + 1) : notANumber(sign)
    }

    private func powerOfTwo(_ value: Double, _ rounding: SmallFloatRounding) -> UInt8 {
        if value.isNaN { return 0xff }
        let size = value.magnitude
        if size == 0 { return rounding.saturates ? 0 : 0xff }
        guard size.isFinite else { return rounding.saturates ? 0xfe : 0xff }
        var exponent = Int(size.exponent)
        let significand = size.significand
        switch rounding.mode {
        case .up: if significand > 1 { exponent += 1 }
        case .down: break
        case .nearest: if significand >= 1.5 { exponent += 1 }
        }
        if exponent > 127 { return rounding.saturates ? 0xfe : 0xff }
        if exponent < -127 { return rounding.saturates ? 0 : 0xff }
        return UInt8(exponent + bias)
    }
}
