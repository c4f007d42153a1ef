// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

/// A tensor's entry in the header, before its place in the file is checked.
struct GGUFTensorInfo {
    let name: String
    private let dimensions: [Int]
    private let typeCode: UInt32
    private let relativeOffset: Int

    init(_ cursor: inout GGUFCursor) throws(ONNXError) {
        name = try cursor.string("a tensor's name")
        let rank = try cursor.integer(UInt32.self, "a tensor's rank")
        guard rank <= 4 else {
            throw ONNXError("gguf.dimensions", "Tensor \"\(name)\" has \(rank) dimensions; the limit is 4.")
        }
        var dimensions: [Int] = []
        for _ in 0..<rank { dimensions.append(try cursor.count("dimension of tensor \"\(name)\"")) }
        self.dimensions = dimensions
        typeCode = try cursor.integer(UInt32.self, "a tensor's type")
        relativeOffset = try cursor.count("offset of tensor \"\(name)\"")
    }

    /// The tensor with its place in a file whose elements begin at `start`.
    ///
    /// A type that is not read keeps its place, with no bytes, so that only its use is refused.
    func placed(start: Int, alignment: Int, fileByteCount: Int) throws(ONNXError) -> GGUFTensor {
        let byteCount = try byteCount()
        let (offset, overflow) = start.addingReportingOverflow(relativeOffset)
        guard relativeOffset % alignment == 0, !overflow else {
            throw ONNXError(
                "gguf.tensor_offset",
                "Tensor \"\(name)\" starts at \(relativeOffset), which is not a multiple of \(alignment).")
        }
        guard offset <= fileByteCount, byteCount <= fileByteCount - offset else {
            throw ONNXError(
                "gguf.truncated",
                "Tensor \"\(name)\" needs \(byteCount) bytes from offset \(offset); the file has \(fileByteCount). The download may be incomplete."
            )
        }
        return GGUFTensor(
            name: name, typeCode: typeCode, dimensions: dimensions, offset: offset, byteCount: byteCount)
    }

    private func byteCount() throws(ONNXError) -> Int {
        guard let type = GGUFTensorType(rawValue: typeCode) else { return 0 }
        let rowLength = dimensions.first ?? 1
        guard rowLength % type.blockLength == 0 else {
            throw ONNXError(
                "gguf.dimensions",
                "Rows of \(rowLength) elements of tensor \"\(name)\" are not whole blocks of \(type.blockLength)."
            )
        }
        var count = rowLength / type.blockLength
        for factor in dimensions.dropFirst() + [type.blockByteCount] {
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow else {
                throw ONNXError(
                    "gguf.dimensions",
                    "The size of tensor \"\(name)\", \(dimensions), does not fit in 63 bits.")
            }
            count = product
        }
        return count
    }
}
