// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

extension MultiHeadAttention {
    /// How queries, keys and values lie, and the sizes that follow.
    struct Layout {
        /// Where keys and values are.
        enum Form {
            /// `[batch, length, hidden]` each.
            case separate
            /// `[batch, heads, length, size]` each.
            case split
            /// `[batch, length, heads, 2, size]`.
            case packedKeys
            /// `[batch, length, heads, 3, size]`, with the queries.
            case packed
        }

        let form: Form
        let sizes: MultiHeadSizes

        /// Finds the sizes from the shapes of all inputs.
        ///
        /// - Throws: `op.shape`, `op.range`.
        init(_ operation: MultiHeadAttention, _ shapes: [Shape?], pastLength given: Int?) throws(ONNXError) {
            let heads = operation.parameters.heads
            func shape(_ index: Int) -> Shape? { index < shapes.count ? shapes[index] : nil }
            guard let query = shape(Input.query) else {
                throw ONNXError("input.missing", "query is left out.")
            }
            let (key, value) = (shape(Input.key), shape(Input.value))
            form = key == nil ? .packed : value == nil ? .packedKeys : key?.rank == 4 ? .split : .separate
            let headSize = try Self.headSize(query, heads, isPacked: form == .packed)
            var keyLength = query[1]
            var valueSize = headSize
            if let key {
                let rank = form == .separate ? 3 : form == .split ? 4 : 5
                keyLength = key.rank == rank ? key[form == .split ? 2 : 1] : -1
                if let last = value?.dimensions.last, let rank = value?.rank {
                    valueSize = rank == 3 ? (last % heads == 0 ? last / heads : 0) : last
                }
                let (keys, values): ([Int], [Int]) =
                    switch form {
                    case .separate:
                        ([query[0], keyLength, heads * headSize], [query[0], keyLength, heads * valueSize])
                    case .split:
                        ([query[0], heads, keyLength, headSize], [query[0], heads, keyLength, valueSize])
                    case .packedKeys, .packed: ([query[0], keyLength, heads, 2, headSize], [])
                    }
                guard key.dimensions == keys, value == nil || value?.dimensions == values, valueSize > 0
                else {
                    throw ONNXError(
                        "op.shape",
                        """
                        key is \(key) and value \(value.map(String.init) ?? "packed with it"); \(keys) and \
                        \(values) are expected for query \(query).
                        """)
                }
            }
            var capacity = 0
            if let past = shape(Input.pastKey), let values = shape(Input.pastValue) {
                capacity = past.rank == 4 ? past[2] : -1
                guard past.dimensions == [query[0], heads, capacity, headSize],
                    values.dimensions == [query[0], heads, capacity, valueSize]
                else {
                    throw ONNXError(
                        "op.shape",
                        """
                        past_key is \(past) and past_value \(values); [\(query[0]), \(heads), length, \
                        \(headSize)] and [\(query[0]), \(heads), length, \(valueSize)] are expected.
                        """)
                }
            }
            if let given {
                guard given >= 0, given <= capacity, keyLength <= capacity - given else {
                    throw ONNXError(
                        "op.range",
                        """
                        past_sequence_length is \(given): with \(keyLength) new positions it does not fit the \
                        past's buffer of \(capacity).
                        """)
                }
            }
            sizes = MultiHeadSizes(
                batch: query[0], heads: heads, length: query[1], headSize: headSize, valueSize: valueSize,
                keyLength: keyLength, pastLength: given ?? capacity, pastCapacity: capacity)
        }

        private static func headSize(_ query: Shape, _ heads: Int, isPacked: Bool) throws(ONNXError) -> Int {
            let fits =
                isPacked
                ? query.rank == 5 && query[2] == heads && query[3] == 3
                : query.rank == 3 && query[2] % heads == 0
            guard fits, query.elementCount > 0 else {
                throw ONNXError(
                    "op.shape",
                    """
                    query is \(query); [batch, length, \(heads) * head size], or packed \
                    [batch, length, \(heads), 3, head size] without a key, is expected.
                    """)
            }
            return isPacked ? query[4] : query[2] / heads
        }

        /// Queries, keys and values as the inputs have them.
        func projections(_ context: RunContext) throws(ONNXError) -> [Projection] {
            let bias = context.optionalInput(Input.bias)
            let query = try context.input(Input.query)
            let key = form == .packed ? query : try context.input(Input.key)
            let value = form == .packed || form == .packedKeys ? key : try context.input(Input.value)
            let (count, parts) =
                form == .packed ? (3, [0, 1, 2]) : form == .packedKeys ? (2, [0, 0, 1]) : (1, [0, 0, 0])
            let widths = [sizes.hidden, sizes.hidden, sizes.valueHidden]
            var result: [Projection] = []
            for (index, tensor) in [query, key, value].enumerated() {
                let isSplit = form == .split && index > 0
                let isPacked = form == .packed || form == .packedKeys && index > 0
                // Keys and values that are split into heads already have had their bias.
                let offset = index * sizes.hidden
                result.append(
                    Projection(
                        tensor: tensor, batch: sizes.batch,
                        length: index == 0 ? sizes.length : sizes.keyLength, heads: sizes.heads,
                        size: widths[index] / sizes.heads, isSplit: isSplit,
                        part: isPacked ? (parts[index], count) : nil,
                        bias: isSplit ? nil : bias.map { $0.floats + offset }))
            }
            return result
        }
    }

    /// One of queries, keys and values.
    struct Projection {
        let tensor: Tensor
        let batch: Int
        let length: Int
        let heads: Int
        let size: Int
        let isSplit: Bool
        /// Which of how many that are packed.
        let part: (index: Int, count: Int)?
        let bias: UnsafePointer<Float>?

        /// Floats that ``rows(_:_:)`` needs room for.
        var scratchCount: Int { bias == nil ? 0 : batch * length * heads * size }

        /// Where the rows lie once the bias is added.
        func rows(_ scratch: UnsafeMutablePointer<Float>, _ context: RunContext) -> MultiHeadJob.Rows {
            let count = part?.count ?? 1
            let width = heads * size
            var rows = MultiHeadJob.Rows(
                base: tensor.floats + (part?.index ?? 0) * size, batchStride: length * width * count,
                strides: isSplit
                    ? .init(position: size, head: length * size)
                    : .init(position: width * count, head: size * count))
            guard let bias else { return rows }
            for row in 0..<batch * length {
                for head in 0..<heads {
                    let target = scratch + row * width + head * size
                    let source = rows.base + row * width * count + head * size * count
                    for index in 0..<size { target[index] = source[index] + bias[head * size + index] }
                }
            }
            rows = MultiHeadJob.Rows(
                base: UnsafePointer(scratch), batchStride: length * width,
                strides: .init(position: width, head: size))
            return rows
        }
    }
}
