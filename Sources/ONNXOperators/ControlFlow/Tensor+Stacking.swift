// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

extension Tensor {
    /// Tensors of one type and shape along a new first axis; of none, an empty tensor of the declared type, whose
    /// dimensions that are not fixed are 0.
    ///
    /// - Throws: `op.shape` when the parts differ.
    init(stacking parts: [Tensor], declared: ValueInfo) throws(ONNXError) {
        guard let first = parts.first else {
            guard case .tensor(let type, let dimensions)? = declared.type else {
                throw ONNXError(
                    "op.shape", "\"\(declared.name)\" has no declared type, and there was no step.")
            }
            let lengths = (dimensions ?? []).map { if case .fixed(let length) = $0 { length } else { 0 } }
            try self.init(allocating: type, try Shape([0] + lengths))
            return
        }
        guard first.elementType.bitWidth >= 8,
            parts.allSatisfy({ $0.elementType == first.elementType && $0.shape == first.shape })
        else {
            throw ONNXError(
                "op.shape", "The values of \"\(declared.name)\" do not stack: types or shapes differ.")
        }
        try self.init(allocating: first.elementType, try Shape([parts.count] + first.shape.dimensions))
        for (index, part) in parts.enumerated() {
            mutableBaseAddress.advanced(by: index * first.byteCount).copyMemory(
                from: part.baseAddress, byteCount: first.byteCount)
        }
    }
}
