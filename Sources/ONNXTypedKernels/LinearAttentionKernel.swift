// SPDX-License-Identifier: Apache-2.0
package import ONNXKernels
package import ONNXTensors

/// The sizes of one call of linear attention.
package struct LinearAttentionCall: Sendable {
    package var batches: Int
    package var length: Int
    package var queryHeads: Int
    /// Heads of the values and of the state.
    package var keyHeads: Int
    /// Heads of the keys, each for as many heads of the state; divides ``keyHeads``.
    package var keyCount: Int
    /// Elements of a query or key of one head.
    package var keySize: Int
    /// Elements of a value of one head.
    package var valueSize: Int
    package var scale: Float
    /// Logarithms of the decay for one head and position: 0 (none), 1, or ``keySize``.
    package var decayWidth: Int
    /// Update rates for one position: 0 (none), 1, or ``keyHeads``.
    package var rateCount: Int
    /// States that are kept, of the last positions.
    package var window: Int

    package init(
        batches: Int, length: Int, queryHeads: Int, keyHeads: Int, keyCount: Int, keySize: Int,
        valueSize: Int,
        scale: Float, decayWidth: Int, rateCount: Int, window: Int
    ) {
        self.batches = batches
        self.length = length
        self.queryHeads = queryHeads
        self.keyHeads = keyHeads
        self.keyCount = keyCount
        self.keySize = keySize
        self.valueSize = valueSize
        self.scale = scale
        self.decayWidth = decayWidth
        self.rateCount = rateCount
        self.window = window
    }

    /// Elements of the state of one head.
    var stateSize: Int { keySize * valueSize }
    /// Heads of the output.
    package var outputHeads: Int { max(queryHeads, keyHeads) }
}

extension TypedKernels {
    /// Linear attention in float32, position after position: the state of a key head decays, takes in the outer product
    /// of key and value, and is read by the head's queries.
    ///
    /// Queries are `[batches, length, queryHeads × keySize]`, keys with ``LinearAttentionCall/keyCount`` heads, values with
    /// ``LinearAttentionCall/keyHeads``;
    /// `past` and `states` are `[window, batches, keyHeads, keySize, valueSize]`, right-aligned. With update rates the
    /// value is first corrected by what the state holds under its key.
    package static func linearAttention(
        query: Tensor, key: Tensor, value: Tensor, past: Tensor?, decay: Tensor?, rates: Tensor?,
        _ call: LinearAttentionCall, into output: Tensor, states: Tensor, workers: WorkerPool
    ) {
        let work = LinearAttentionWork(
            call: call, query: query.pointer(to: Float.self), key: key.pointer(to: Float.self),
            value: value.pointer(to: Float.self), past: past?.pointer(to: Float.self),
            decay: decay?.pointer(to: Float.self), rates: rates?.pointer(to: Float.self),
            output: output.mutablePointer(to: Float.self), states: states.mutablePointer(to: Float.self))
        inParallel(workers, count: call.batches * call.keyHeads, grain: 1) { range in
            for item in range { work.run(item / call.keyHeads, item % call.keyHeads) }
        }
        withExtendedLifetime((query, key, value, past, decay, rates, output, states)) {}
    }
}

/// One head of a call at a time; heads share nothing.
private struct LinearAttentionWork {
    let call: LinearAttentionCall
    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let past: UnsafePointer<Float>?
    let decay: UnsafePointer<Float>?
    let rates: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let states: UnsafeMutablePointer<Float>

    func run(_ batch: Int, _ head: Int) {
        let size = call.stateSize
        let last = call.window - 1
        let state = states + slot(last, batch, head)
        if let past {
            state.update(from: past + slot(last, batch, head), count: size)
        } else {
            state.update(repeating: 0, count: size)
        }
        for index in 0..<max(0, last - call.length + 1) where index < last {
            (states + slot(index, batch, head)).update(repeating: 0, count: size)
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, call.valueSize)) { room in
            guard let written = room.baseAddress else { return }
            for position in 0..<call.length {
                let row = batch * call.length + position
                fade(state, row, head)
                write(state, row, head, written)
                read(state, row, head)
                let index = last - (call.length - 1 - position)
                if index >= 0, index < last {
                    (states + slot(index, batch, head)).update(from: state, count: size)
                }
            }
        }
    }

    private func slot(_ index: Int, _ batch: Int, _ head: Int) -> Int {
        ((index * call.batches + batch) * call.keyHeads + head) * call.stateSize
    }

    /// Multiplies the state by `exp(decay)`, as a whole or row by row.
    private func fade(_ state: UnsafeMutablePointer<Float>, _ row: Int, _ head: Int) {
        guard let decay, call.decayWidth > 0 else { return }
        let logarithms = decay + (row * call.keyHeads + head) * call.decayWidth
        for index in 0..<call.keySize {
            let factor = Float.exponential(logarithms[call.decayWidth == 1 ? 0 : index])
            let line = state + index * call.valueSize
            for column in 0..<call.valueSize { line[column] *= factor }
        }
    }

    /// Adds the outer product of the key and the value, which is corrected first where there are rates.
    private func write(
        _ state: UnsafeMutablePointer<Float>, _ row: Int, _ head: Int, _ written: UnsafeMutablePointer<Float>
    ) {
        let keyHead = head / (call.keyHeads / call.keyCount)
        let keys = key + (row * call.keyCount + keyHead) * call.keySize
        let values = value + (row * call.keyHeads + head) * call.valueSize
        if let rates, call.rateCount > 0 {
            let rate = rates[row * call.rateCount + (call.rateCount == 1 ? 0 : head)]
            written.update(repeating: 0, count: call.valueSize)
            for index in 0..<call.keySize {
                let line = state + index * call.valueSize
                for column in 0..<call.valueSize { written[column] += line[column] * keys[index] }
            }
            for column in 0..<call.valueSize { written[column] = rate * (values[column] - written[column]) }
        } else {
            written.update(from: values, count: call.valueSize)
        }
        for index in 0..<call.keySize {
            let line = state + index * call.valueSize
            for column in 0..<call.valueSize { line[column] += keys[index] * written[column] }
        }
    }

    /// Writes the outputs of the heads that read this state.
    private func read(_ state: UnsafeMutablePointer<Float>, _ row: Int, _ head: Int) {
        let shared = max(1, call.queryHeads / call.keyHeads)
        for index in 0..<shared {
            let outputHead = head * shared + index
            let queryHead =
                call.queryHeads >= call.keyHeads
                ? outputHead : outputHead / (call.keyHeads / call.queryHeads)
            let queries = query + (row * call.queryHeads + queryHead) * call.keySize
            let target = output + (row * call.outputHeads + outputHead) * call.valueSize
            target.update(repeating: 0, count: call.valueSize)
            for index in 0..<call.keySize {
                let line = state + index * call.valueSize
                for column in 0..<call.valueSize { target[column] += queries[index] * line[column] }
            }
            for column in 0..<call.valueSize { target[column] *= call.scale }
        }
    }
}
