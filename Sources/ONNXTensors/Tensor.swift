// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// An immutable, dense array of elements in row-major order over shared memory.
///
/// Copying a tensor copies no elements. Elements below 8 bits are packed low bits first.
///
///     let ids = try Tensor([Int64(1), 2, 3], shape: [1, 3])
///     let names = try Tensor(strings: ["red", "green"], shape: [2])
///     let half = try Tensor(scalar: Float(0.5))
///     print(ids)  // int64[1, 3]
///     print(ids.shape.rank, ids.byteCount)  // 2 24
///     print(names.elementType == .string, half.shape.rank)  // true 0
public struct Tensor: Sendable {
    /// What each element is.
    public let elementType: ElementType
    /// The dimensions, outermost first.
    public let shape: Shape
    package let storage: TensorStorage
    package let byteOffset: Int

    /// A view of `storage` from `byteOffset` on.
    ///
    /// - Throws: `tensor.overflow` or `tensor.size` when the elements do not lie inside the storage.
    package init(
        _ elementType: ElementType, _ shape: Shape, storage: TensorStorage, byteOffset: Int = 0
    ) throws(ONNXError) {
        let needed = try elementType.byteCount(forElements: shape.elementCount)
        guard byteOffset >= 0, byteOffset <= storage.byteCount, needed <= storage.byteCount - byteOffset
        else {
            throw ONNXError(
                "tensor.size",
                "A tensor of \(elementType) \(shape) needs \(needed) bytes from offset \(byteOffset); \(storage.byteCount) are there."
            )
        }
        self.elementType = elementType
        self.shape = shape
        self.storage = storage
        self.byteOffset = byteOffset
    }

    /// A new, uninitialised (or zeroed) tensor on the heap, to be filled through ``mutableBaseAddress`` before it
    /// is shared.
    package init(allocating elementType: ElementType, _ shape: Shape, zeroed: Bool = false) throws(ONNXError)
    {
        let byteCount = try elementType.byteCount(forElements: shape.elementCount)
        try self.init(elementType, shape, storage: HeapStorage(byteCount: byteCount, zeroed: zeroed))
    }

    /// A tensor of strings.
    ///
    /// - Throws: `tensor.size` when the counts differ.
    public init(strings: [String], shape: [Int]) throws(ONNXError) {
        let shape = try Shape(shape)
        guard strings.count == shape.elementCount else {
            throw ONNXError("tensor.size", "\(strings.count) strings do not fill shape \(shape).")
        }
        try self.init(.string, shape, storage: StringStorage(strings))
    }

    /// A tensor with a copy of `values`.
    ///
    ///     print(try Tensor([Int64(1), 2, 3], shape: [1, 3]))  // int64[1, 3]
    ///
    /// - Throws: `tensor.size` when the counts differ, and what ``Shape/init(_:)`` throws.
    public init<Element: TensorElement>(_ values: [Element], shape: [Int]) throws(ONNXError) {
        let shape = try Shape(shape)
        guard values.count == shape.elementCount else {
            throw ONNXError("tensor.size", "\(values.count) values do not fill shape \(shape).")
        }
        try self.init(allocating: Element.elementType, shape)
        let target = mutableBaseAddress
        values.withUnsafeBytes { source in
            if let address = source.baseAddress { target.copyMemory(from: address, byteCount: source.count) }
        }
    }

    /// A tensor of no dimensions.
    public init<Element: TensorElement>(scalar value: Element) throws(ONNXError) {
        try self.init([value], shape: [])
    }

    /// A copy of the elements.
    ///
    ///     let tensor = try Tensor([Float(1), 2], shape: [2])
    ///     print(try tensor.values(as: Float.self))  // [1.0, 2.0]
    ///
    /// - Throws: `tensor.dtype` when the tensor holds another type.
    public func values<Element: TensorElement>(as type: Element.Type = Element.self) throws(ONNXError)
        -> [Element]
    {
        guard elementType == Element.elementType else {
            throw ONNXError("tensor.dtype", "The tensor holds \(elementType), not \(Element.elementType).")
        }
        let count = shape.elementCount
        let source = baseAddress
        let result = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let target = buffer.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(
                    from: source, byteCount: count * MemoryLayout<Element>.stride)
            }
            initialized = count
        }
        return withExtendedLifetime(storage) { result }
    }

    /// The strings of a string tensor.
    ///
    ///     let labels = try Tensor(strings: ["cat", "dog"], shape: [2])
    ///     print(try labels.strings())  // ["cat", "dog"]
    ///
    /// - Throws: `tensor.dtype` when the tensor holds another type.
    public func strings() throws(ONNXError) -> [String] {
        guard let strings = storage as? StringStorage,
            shape.elementCount <= strings.strings.count - byteOffset
        else {
            throw ONNXError("tensor.dtype", "The tensor holds \(elementType), not strings.")
        }
        return Array(strings.strings[byteOffset..<byteOffset + shape.elementCount])
    }

    /// Integer elements of any width, widened.
    ///
    /// - Throws: `tensor.dtype` for other types, `tensor.overflow` for a `uint64` above `Int.max`.
    package func integers() throws(ONNXError) -> [Int] {
        switch elementType {
        case .int64: return try values(as: Int64.self).map { Int($0) }
        case .int32: return try values(as: Int32.self).map { Int($0) }
        case .uint8: return try values(as: UInt8.self).map { Int($0) }
        case .int8: return try values(as: Int8.self).map { Int($0) }
        case .int16: return try values(as: Int16.self).map { Int($0) }
        case .uint16: return try values(as: UInt16.self).map { Int($0) }
        case .uint32: return try values(as: UInt32.self).map { Int($0) }
        case .uint64:
            let values = try values(as: UInt64.self)
            guard values.allSatisfy({ $0 <= UInt64(Int.max) }) else {
                throw ONNXError("tensor.overflow", "A uint64 value does not fit in 63 bits.")
            }
            return values.map { Int($0) }
        default:
            throw ONNXError("tensor.dtype", "The tensor holds \(elementType) where integers are expected.")
        }
    }

    /// The bytes that the elements take.
    public var byteCount: Int { (shape.elementCount * elementType.bitWidth + 7) / 8 }

    /// The same elements in another shape; no copy.
    ///
    /// - Throws: `op.shape` when the element counts differ.
    package func reshaped(to shape: Shape) throws(ONNXError) -> Tensor {
        guard shape.elementCount == self.shape.elementCount else {
            throw ONNXError("op.shape", "\(self.shape.elementCount) elements do not fill shape \(shape).")
        }
        return try Tensor(elementType, shape, storage: storage, byteOffset: byteOffset)
    }

    /// The first byte of the elements; valid while the tensor or its storage is kept alive.
    package var baseAddress: UnsafeRawPointer {
        UnsafeRawPointer(storage.baseAddress.advanced(by: byteOffset))
    }

    /// The first byte of the elements, for whoever made the tensor and has not shared it yet.
    package var mutableBaseAddress: UnsafeMutableRawPointer { storage.baseAddress.advanced(by: byteOffset) }

    /// The elements as bytes, for the length of the call.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withExtendedLifetime(storage) { body(UnsafeRawBufferPointer(start: baseAddress, count: byteCount)) }
    }
}

extension Tensor: CustomStringConvertible {
    /// Type and shape: `float[1, 5, 64]`.
    public var description: String { "\(elementType)\(shape)" }
}
