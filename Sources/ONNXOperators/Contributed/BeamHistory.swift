// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// The input cache_indirection: which beam's past each position of a batch row's past comes from.
struct BeamHistory {
    /// int32 `[batch / beams, beams, capacity]`.
    let tensor: Tensor

    /// Throws `op.shape` unless the indices fit.
    static func check(_ type: TensorType, _ sizes: MultiHeadSizes) throws(ONNXError) {
        let (beams, overflow) =
            type.shape.rank == 3 ? type.shape[0].multipliedReportingOverflow(by: type.shape[1]) : (0, true)
        guard type.elementType == .int32, !overflow, beams == sizes.batch,
            type.shape[2] >= sizes.pastLength
        else {
            throw ONNXError(
                "op.shape",
                """
                cache_indirection is \(type); int32[batch, beams, length] for \(sizes.batch) rows and \
                \(sizes.pastLength) past positions is expected.
                """)
        }
    }

    /// The keys and values that a batch row sees, `[heads, capacity, size]` each.
    ///
    /// - Throws: `op.range` for a beam that does not exist.
    func gather(
        _ row: Int, _ store: (keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>),
        _ sizes: MultiHeadSizes
    ) throws(ONNXError) -> (keys: Tensor, values: Tensor) {
        let (beams, length) = (tensor.shape[1], tensor.shape[2])
        let keys = try Tensor(
            allocating: .float32, Shape([sizes.heads, sizes.capacity, sizes.headSize]))
        let values = try Tensor(
            allocating: .float32, Shape([sizes.heads, sizes.capacity, sizes.valueSize]))
        for position in 0..<sizes.total {
            var source = row
            if position < sizes.pastLength {
                let beam = tensor.int32(at: row * length + position)
                guard beam >= 0, beam < beams else {
                    throw ONNXError(
                        "op.range",
                        "cache_indirection names beam \(beam) for position \(position); there are \(beams).")
                }
                source = row / beams * beams + beam
            }
            for head in 0..<sizes.heads {
                let from = (source * sizes.heads + head) * sizes.capacity + position
                let to = head * sizes.capacity + position
                (keys.mutableFloats + to * sizes.headSize).update(
                    from: store.keys + from * sizes.headSize, count: sizes.headSize)
                (values.mutableFloats + to * sizes.valueSize).update(
                    from: store.values + from * sizes.valueSize, count: sizes.valueSize)
            }
        }
        return (keys, values)
    }
}
