// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// The memory of one graph output from run to run: written again only when nobody holds the last result.
struct OutputBuffer {
    /// What steps write to.
    private(set) var storage: HeapStorage
    /// What callers are given: as long as one of them holds it, it is referred to more than once.
    private var lent: LentStorage

    init(byteCount: Int) throws(ONNXError) {
        storage = try HeapStorage(byteCount: byteCount)
        lent = LentStorage(storage)
    }

    /// Makes sure that the memory is large enough and held by nobody else; true if it is another one now.
    mutating func renew(byteCount: Int) throws(ONNXError) -> Bool {
        if storage.byteCount >= byteCount, isKnownUniquelyReferenced(&lent) { return false }
        self = try OutputBuffer(byteCount: byteCount)
        return true
    }

    /// The result for a caller.
    func result(_ type: TensorType, byteOffset: Int = 0) throws(ONNXError) -> Tensor {
        try Tensor(type.elementType, type.shape, storage: lent, byteOffset: byteOffset)
    }
}
