// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// An initializer whose elements go to the data file beside the model.
package struct ExternalTensor: Sendable, Hashable {
    package let name: String
    package let elementType: ElementType
    package let shape: Shape
    package let byteCount: Int

    /// - Throws: `tensor.overflow` when the elements do not fit in memory, `export.unsupported` for strings.
    package init(_ name: String, _ elementType: ElementType, _ shape: Shape) throws(ONNXError) {
        guard elementType != .string else {
            throw ONNXError(
                "export.unsupported", "The string tensor \"\(name)\" cannot be stored outside the model.")
        }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.byteCount = try elementType.byteCount(forElements: shape.elementCount)
    }

    /// - Throws: what ``init(_:_:_:)`` and ``Shape/init(_:)`` throw.
    package init(_ name: String, _ elementType: ElementType, _ dimensions: [Int]) throws(ONNXError) {
        try self.init(name, elementType, Shape(dimensions))
    }
}

/// Where each external tensor stands in the data file.
///
/// Tensors of a page or more start at a page boundary, so that a reader can map them alone; smaller ones start
/// at a multiple of 64 bytes.
package struct ExternalDataLayout: Sendable {
    /// The place of one tensor.
    package struct Entry: Sendable {
        package let tensor: ExternalTensor
        package let offset: Int
    }

    package let fileName: String
    package let entries: [Entry]
    package let byteCount: Int

    package static let pageSize = 4096

    /// Lays out `tensors` in the order given.
    ///
    /// - Throws: `tensor.overflow` when the offsets do not fit.
    package init(fileName: String, tensors: [ExternalTensor]) throws(ONNXError) {
        var entries: [Entry] = []
        var end = 0
        for tensor in tensors {
            let alignment = tensor.byteCount >= Self.pageSize ? Self.pageSize : 64
            let (padded, overflow) = end.addingReportingOverflow(alignment - 1)
            let offset = padded / alignment * alignment
            let (next, overflow2) = offset.addingReportingOverflow(tensor.byteCount)
            guard !overflow, !overflow2 else {
                throw ONNXError(
                    "tensor.overflow", "The data file would exceed 63 bits at \"\(tensor.name)\".")
            }
            entries.append(Entry(tensor: tensor, offset: offset))
            end = next
        }
        self.fileName = fileName
        self.entries = entries
        self.byteCount = end
    }
}
