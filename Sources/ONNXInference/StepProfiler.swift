// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators

/// Adds up the time that the steps of one session take, by kind of operator.
package final class StepProfiler {
    private var totals: [String: (calls: Int, seconds: Double, bytes: Int)] = [:]

    package init() {}

    /// Kind, calls, seconds and bytes read, in order of time.
    package var rows: [(kind: String, calls: Int, seconds: Double, bytes: Int)] {
        totals.map { ($0.key, $0.value.calls, $0.value.seconds, $0.value.bytes) }
            .sorted { $0.seconds > $1.seconds }
    }

    /// Forgets everything, for a new measurement.
    package func reset() { totals = [:] }

    func measure(_ step: BoundStep, _ body: () throws(ONNXError) -> Void) throws(ONNXError) {
        let started = ContinuousClock.now
        try body()
        let elapsed = ContinuousClock.now - started
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        var total = totals[step.planned.step?.kind ?? "view", default: (0, 0, 0)]
        total.calls += 1
        total.seconds += seconds
        total.bytes += step.planned.step?.operation.packedByteCount ?? 0
        totals[step.planned.step?.kind ?? "view"] = total
    }
}
