// SPDX-License-Identifier: Apache-2.0

/// A Swift type whose memory is an element of an ONNX tensor.
///
/// The number types of Swift and `Bool` are such types. It serves to write what works for several of them:
///
///     func column<Element: TensorElement>(_ values: [Element]) throws -> Tensor {
///         print(Element.elementType)  // int64
///         return try Tensor(values, shape: [values.count, 1])
///     }
///     print(try column([Int64(1), 2, 3]))  // int64[3, 1]
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The element type whose memory is laid out like a value of this Swift type.
    static var elementType: ElementType { get }
}

extension Float: TensorElement { public static var elementType: ElementType { .float32 } }
extension Double: TensorElement { public static var elementType: ElementType { .float64 } }
extension Int8: TensorElement { public static var elementType: ElementType { .int8 } }
extension Int16: TensorElement { public static var elementType: ElementType { .int16 } }
extension Int32: TensorElement { public static var elementType: ElementType { .int32 } }
extension Int64: TensorElement { public static var elementType: ElementType { .int64 } }
extension UInt8: TensorElement { public static var elementType: ElementType { .uint8 } }
extension UInt16: TensorElement { public static var elementType: ElementType { .uint16 } }
extension UInt32: TensorElement { public static var elementType: ElementType { .uint32 } }
extension UInt64: TensorElement { public static var elementType: ElementType { .uint64 } }
extension Bool: TensorElement { public static var elementType: ElementType { .bool } }
