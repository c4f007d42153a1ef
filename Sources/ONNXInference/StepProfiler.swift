// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators

/// Adds up the time that the steps of one session take, by kind of operator.
package final class StepProfiler {
    private var profiles: [String: OperatorProfile] = [:]
    /// Positions that the caches hold after the run under way.
    var cachedRows = 0

    package init() {}

    /// One row for each kind of operator.
    package var rows: [OperatorProfile] { Array(profiles.values) }

    func measure(_ step: BoundStep, _ body: () throws(ONNXError) -> Void) throws(ONNXError) {
        let started = ContinuousClock.now
        try body()
        let elapsed = (ContinuousClock.now - started).components
        let kind = step.planned.step?.kind ?? "view"
        profiles[kind, default: OperatorProfile(kind: kind)].add(
            seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18,
            bytes: weightBytes(step) + cacheBytes(step))
    }

    private func weightBytes(_ step: BoundStep) -> Int { step.operation?.packedByteCount ?? 0 }

    private func cacheBytes(_ step: BoundStep) -> Int {
        guard let context = step.context, let operation = step.operation else { return 0 }
        return operation.cacheInputs.keys.reduce(0) { sum, input in
            guard let cache = context.cache(input) else { return sum }
            let rows = cachedRows - cache.firstPosition
            return sum + cache.batch * cache.heads * rows * cache.type.byteCount(headSize: cache.headSize)
        }
    }
}
