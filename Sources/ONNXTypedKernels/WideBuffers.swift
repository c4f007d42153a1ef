// SPDX-License-Identifier: Apache-2.0
import ONNXTensors

/// A chunk of elements in the widest form of their kind, between decoding from one type and encoding to another.
struct WideBuffers {
    /// Which buffer holds the elements.
    enum Kind { case double, signed, unsigned }

    let integers: UnsafeMutablePointer<Int64>
    let doubles: UnsafeMutablePointer<Double>
    let rounding: SmallFloatRounding

    /// Reads `count` elements from `start` on, which begins a byte.
    func decode(_ source: Tensor, from start: Int, count: Int) -> Kind {
        switch source.elementType {
        case .float32: return floats(source.pointer(to: Float.self) + start, count)
        case .float64: return floats(source.pointer(to: Double.self) + start, count)
        case .float16:
            let from = source.pointer(to: UInt16.self) + start
            for i in 0..<count { doubles[i] = Double(float(fromFloat16Bits: from[i])) }
            return .double
        case .bfloat16:
            let from = source.pointer(to: UInt16.self) + start
            for i in 0..<count { doubles[i] = Double(float(fromBFloat16Bits: from[i])) }
            return .double
        case .int8: return signed(source.pointer(to: Int8.self) + start, count)
        case .int16: return signed(source.pointer(to: Int16.self) + start, count)
        case .int32: return signed(source.pointer(to: Int32.self) + start, count)
        case .int64: return signed(source.pointer(to: Int64.self) + start, count)
        case .uint8: return signed(source.pointer(to: UInt8.self) + start, count)
        case .uint16: return signed(source.pointer(to: UInt16.self) + start, count)
        case .uint32: return signed(source.pointer(to: UInt32.self) + start, count)
        case .bool:
            let from = source.pointer(to: UInt8.self) + start
            for i in 0..<count { integers[i] = from[i] == 0 ? 0 : 1 }
            return .signed
        case .uint64:
            let from = source.pointer(to: UInt64.self) + start
            for i in 0..<count { integers[i] = Int64(bitPattern: from[i]) }
            return .unsigned
        default:
            let bits = source.elementType.bitWidth
            if let format = SmallFloatFormat(source.elementType) {
                let from = source.pointer(to: UInt8.self)
                for i in 0..<count {
                    let pattern = PackedElements.read(from, start + i, bits: bits, isSigned: false)
                    doubles[i] = format.value(UInt8(truncatingIfNeeded: pattern))
                }
                return .double
            }
            let isSigned = source.elementType == .int4 || source.elementType == .int2
            let from = source.pointer(to: UInt8.self)
            for i in 0..<count {
                integers[i] = Int64(PackedElements.read(from, start + i, bits: bits, isSigned: isSigned))
            }
            return .signed
        }
    }

    /// Writes `count` elements from `start` on, which begins a byte.
    func encode(_ kind: Kind, into target: Tensor, from start: Int, count: Int) {
        switch target.elementType {
        case .float32: toFloats(kind, target.mutablePointer(to: Float.self) + start, count)
        case .float64: toFloats(kind, target.mutablePointer(to: Double.self) + start, count)
        case .float16:
            makeDoubles(kind, count)
            let to = target.mutablePointer(to: UInt16.self) + start
            for i in 0..<count { to[i] = float16Bits(floatRoundedToOdd(doubles[i])) }
        case .bfloat16:
            makeDoubles(kind, count)
            let to = target.mutablePointer(to: UInt16.self) + start
            for i in 0..<count { to[i] = bfloat16Bits(floatRoundedToOdd(doubles[i])) }
        case .bool:
            let to = target.mutablePointer(to: UInt8.self) + start
            if kind == .double {
                for i in 0..<count { to[i] = doubles[i] != 0 ? 1 : 0 }
            } else {
                for i in 0..<count { to[i] = integers[i] != 0 ? 1 : 0 }
            }
        case .int8: toIntegers(kind, target.mutablePointer(to: Int8.self) + start, count)
        case .int16: toIntegers(kind, target.mutablePointer(to: Int16.self) + start, count)
        case .int32: toIntegers(kind, target.mutablePointer(to: Int32.self) + start, count)
        case .int64: toIntegers(kind, target.mutablePointer(to: Int64.self) + start, count)
        case .uint8: toIntegers(kind, target.mutablePointer(to: UInt8.self) + start, count)
        case .uint16: toIntegers(kind, target.mutablePointer(to: UInt16.self) + start, count)
        case .uint32: toIntegers(kind, target.mutablePointer(to: UInt32.self) + start, count)
        case .uint64: toIntegers(kind, target.mutablePointer(to: UInt64.self) + start, count)
        default:
            if let format = SmallFloatFormat(target.elementType) {
                makeDoubles(kind, count)
                for i in 0..<count { integers[i] = Int64(format.pattern(doubles[i], rounding)) }
                toPacked(.signed, target, from: start, count: count)
            } else {
                toPacked(kind, target, from: start, count: count)
            }
        }
    }

    private func floats<Element: BinaryFloatingPoint>(_ from: UnsafePointer<Element>, _ count: Int) -> Kind {
        for i in 0..<count { doubles[i] = Double(from[i]) }
        return .double
    }

    private func signed<Element: FixedWidthInteger>(_ from: UnsafePointer<Element>, _ count: Int) -> Kind {
        for i in 0..<count { integers[i] = Int64(truncatingIfNeeded: from[i]) }
        return .signed
    }

    private func makeDoubles(_ kind: Kind, _ count: Int) {
        switch kind {
        case .double: break
        case .signed: for i in 0..<count { doubles[i] = Double(integers[i]) }
        case .unsigned: for i in 0..<count { doubles[i] = Double(UInt64(bitPattern: integers[i])) }
        }
    }

    private func toFloats<Element: BinaryFloatingPoint>(
        _ kind: Kind, _ to: UnsafeMutablePointer<Element>, _ count: Int
    ) {
        switch kind {
        case .double: for i in 0..<count { to[i] = Element(doubles[i]) }
        case .signed: for i in 0..<count { to[i] = Element(integers[i]) }
        case .unsigned: for i in 0..<count { to[i] = Element(UInt64(bitPattern: integers[i])) }
        }
    }

    private func toIntegers<Element: FixedWidthInteger & NumericElement>(
        _ kind: Kind, _ to: UnsafeMutablePointer<Element>, _ count: Int
    ) {
        if kind == .double {
            for i in 0..<count { to[i] = Element(saturating: doubles[i]) }
        } else {
            for i in 0..<count { to[i] = Element(truncatingIfNeeded: integers[i]) }
        }
    }

    private func toPacked(_ kind: Kind, _ target: Tensor, from start: Int, count: Int) {
        let bits = target.elementType.bitWidth
        if kind == .double {
            for i in 0..<count { integers[i] = Int64(saturating: doubles[i]) }
        }
        let perByte = 8 / bits
        let to = target.mutablePointer(to: UInt8.self) + start / perByte
        let mask = UInt8.max >> UInt8(8 - bits)
        var index = 0
        while index < count {
            var byte: UInt8 = 0
            for slot in 0..<min(perByte, count - index) {
                let value = UInt8(truncatingIfNeeded: integers[index + slot]) & mask
                byte |= value << UInt8(slot * bits)
            }
            to[index / perByte] = byte
            index += perByte
        }
    }
}
