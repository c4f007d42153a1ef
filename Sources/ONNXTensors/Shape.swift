// SPDX-License-Identifier: Apache-2.0
public import ONNXErrors

/// The lengths of a tensor's dimensions, outermost first, checked: none negative, at most 64, and a product that
/// fits in `Int`.
///
///     let shape = try Shape([2, 3, 4])
///     print(shape.rank, shape.elementCount, shape[1])  // 3 24 3
///     print(shape.dimensions.last ?? 1)  // 4
///     print(Shape.scalar.elementCount)  // 1
///     print(shape.rank <= Shape.maximumRank)  // true
///     print(Shape.maximumEmptyExtent == 1 << 32)  // true
public struct Shape: Sendable, Hashable {
    /// The largest rank that any tensor may have.
    public static let maximumRank = 64

    /// The largest product that the other dimensions of a shape with a 0 may have: so large a tensor takes time even
    /// without elements, and nothing computed from a few of the dimensions overflows.
    public static let maximumEmptyExtent = 1 << 32

    /// Elements along each axis, outermost first; none may be negative.
    public let dimensions: [Int]

    /// The product of the dimensions; 1 for a scalar, 0 if any dimension is 0.
    public let elementCount: Int

    /// The shape of a scalar: no dimensions, one element.
    public static let scalar = Shape(unchecked: [], elementCount: 1)

    private init(unchecked dimensions: [Int], elementCount: Int) {
        self.dimensions = dimensions
        self.elementCount = elementCount
    }

    /// Checks the dimensions and computes their product.
    ///
    /// - Throws: `tensor.rank`, `tensor.negative_dim` or `tensor.overflow`.
    public init(_ dimensions: [Int]) throws(ONNXError) {
        guard dimensions.count <= Shape.maximumRank else {
            throw ONNXError(
                "tensor.rank",
                "A tensor has \(dimensions.count) dimensions; the limit is \(Shape.maximumRank).")
        }
        var count = 1
        var isEmpty = false
        for dimension in dimensions {
            guard dimension >= 0 else {
                throw ONNXError("tensor.negative_dim", "Dimension \(dimension) in \(dimensions) is negative.")
            }
            if dimension == 0 { isEmpty = true }
        }
        for dimension in dimensions where dimension > 0 {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else {
                throw ONNXError(
                    "tensor.overflow", "The element count of shape \(dimensions) does not fit in 64 bits.")
            }
            count = product
        }
        guard !isEmpty || count <= Shape.maximumEmptyExtent else {
            throw ONNXError(
                "tensor.overflow",
                "Shape \(dimensions) has no elements but dimensions beyond \(Shape.maximumEmptyExtent) altogether."
            )
        }
        self.dimensions = dimensions
        elementCount = isEmpty ? 0 : count
    }

    /// The number of axes; 0 for a scalar.
    public var rank: Int { dimensions.count }

    /// The length of one dimension.
    ///
    /// - Precondition: `0 <= axis < rank`.
    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// An axis counted from the back when negative, as ONNX writes it.
    ///
    /// - Throws: `op.axis` when it lies outside −rank..<rank.
    package func normalizedAxis(_ axis: Int) throws(ONNXError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw ONNXError(
                "op.axis", "Axis \(axis) lies outside a tensor of rank \(rank) with shape \(self).")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// The product of the dimensions in `range`.
    package func product(_ range: Range<Int>) -> Int { dimensions[range].reduce(1, *) }
}

extension Shape: CustomStringConvertible {
    /// The dimensions in brackets: `[2, 3, 4]`.
    public var description: String { "[\(dimensions.map(String.init).joined(separator: ", "))]" }
}
