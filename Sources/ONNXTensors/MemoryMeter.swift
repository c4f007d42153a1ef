// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import Synchronization

/// Counts the bytes of the tensors that one run has made while it went along and that somebody still holds, against a
/// limit: a graph can ask for memory again and again, in a loop, say.
package final class MemoryMeter: Sendable {
    package let limit: Int
    private let used = Atomic<Int>(0)

    package init(limit: Int) { self.limit = limit }

    /// Takes bytes into account.
    ///
    /// - Throws: `run.budget` when they are too many; they are then not counted.
    func charge(_ byteCount: Int) throws(ONNXError) {
        let total = used.wrappingAdd(byteCount, ordering: .relaxed).newValue
        guard byteCount >= 0, total >= 0, total <= limit else {
            discharge(byteCount)
            throw ONNXError(
                "run.budget",
                "This run holds \(total - byteCount) bytes of intermediate values and needs \(byteCount) more; the limit is \(limit). Use a shorter input or raise the limit."
            )
        }
    }

    func discharge(_ byteCount: Int) { used.wrappingSubtract(byteCount, ordering: .relaxed) }
}

extension Tensor {
    /// A new, uninitialised tensor on the heap whose bytes count against a meter for as long as they live.
    ///
    /// - Throws: `run.budget`, `memory.insufficient`.
    package init(
        allocating elementType: ElementType, _ shape: Shape, meter: MemoryMeter
    ) throws(ONNXError) {
        let byteCount = try elementType.byteCount(forElements: shape.elementCount)
        try meter.charge(byteCount)
        let storage: HeapStorage
        do throws(ONNXError) {
            storage = try HeapStorage(byteCount: byteCount)
        } catch {
            meter.discharge(byteCount)
            throw error
        }
        storage.meter = meter
        try self.init(elementType, shape, storage: storage)
    }

    /// Counts the bytes of a tensor that an operator has made by itself; does nothing where they are counted already,
    /// or belong to a file or to somebody else.
    ///
    /// - Throws: `run.budget`.
    package func count(against meter: MemoryMeter) throws(ONNXError) {
        guard let storage = storage as? HeapStorage, storage.meter == nil else { return }
        try meter.charge(storage.byteCount)
        storage.meter = meter
    }
}
