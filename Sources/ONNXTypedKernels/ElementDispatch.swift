// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Work that is generic over a number type, started by ``TypedKernels/dispatch(_:_:in:)``.
protocol NumericWork {
    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError)
}

/// Work that is generic over a floating-point type.
protocol FloatWork {
    func callAsFunction<Element: FloatElement>(_ type: Element.Type) throws(ONNXError)
}

/// Work that only moves elements, generic over an unsigned integer of the element's width.
protocol MoveWork {
    func callAsFunction<Element: BitwiseCopyable>(_ type: Element.Type) throws(ONNXError)
}

/// An element of 16 bytes that is only moved.
struct WideElement: BitwiseCopyable {
    var low: UInt64
    var high: UInt64
}

extension TypedKernels {
    /// Calls `work` with the Swift type of a number type of at least 8 bits other than float16 and bfloat16;
    /// `bool` counts as `uint8` where `allowingBool`.
    ///
    /// - Throws: `tensor.dtype_unsupported`.
    @inline(__always)
    static func dispatch<Work: NumericWork>(
        _ type: ElementType, _ work: Work, in kernel: String, allowingBool: Bool = false
    ) throws(ONNXError) {
        switch type {
        case .float32: try work(Float.self)
        case .float64: try work(Double.self)
        case .int8: try work(Int8.self)
        case .int16: try work(Int16.self)
        case .int32: try work(Int32.self)
        case .int64: try work(Int64.self)
        case .uint8: try work(UInt8.self)
        case .uint16: try work(UInt16.self)
        case .uint32: try work(UInt32.self)
        case .uint64: try work(UInt64.self)
        case .bool where allowingBool: try work(UInt8.self)
        default: throw unsupported(type, in: kernel)
        }
    }

    /// Calls `work` with `Float` or `Double`.
    ///
    /// - Throws: `tensor.dtype_unsupported`.
    @inline(__always)
    static func dispatchFloat<Work: FloatWork>(
        _ type: ElementType, _ work: Work, in kernel: String
    ) throws(ONNXError) {
        switch type {
        case .float32: try work(Float.self)
        case .float64: try work(Double.self)
        default: throw unsupported(type, in: kernel)
        }
    }

    /// Calls `work` with a type as wide as an element.
    ///
    /// - Throws: `tensor.dtype_unsupported` for strings and elements below 8 bits.
    @inline(__always)
    static func dispatchWidth<Work: MoveWork>(
        _ type: ElementType, _ work: Work, in kernel: String
    ) throws(ONNXError) {
        switch type.bitWidth {
        case 8: try work(UInt8.self)
        case 16: try work(UInt16.self)
        case 32: try work(UInt32.self)
        case 64: try work(UInt64.self)
        case 128: try work(WideElement.self)
        default: throw unsupported(type, in: kernel)
        }
    }
}
