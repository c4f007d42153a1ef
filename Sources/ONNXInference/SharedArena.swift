// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// The memory for intermediate values that all plans of a session use in turn; it only grows.
final class SharedArena {
    private(set) var storage: HeapStorage

    init() throws(ONNXError) { storage = try HeapStorage(byteCount: 0) }

    /// At least `byteCount` bytes; another object than before where the old one was too small.
    func storage(byteCount: Int) throws(ONNXError) -> HeapStorage {
        if storage.byteCount >= byteCount { return storage }
        storage = try HeapStorage(byteCount: 0)
        storage = try HeapStorage(byteCount: byteCount, usesLargePages: true)
        return storage
    }
}
