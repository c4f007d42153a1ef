// SPDX-License-Identifier: Apache-2.0
import ONNXOperators
import ONNXTensors

/// One step of a plan with its inputs and outputs in place, so that a run only has to call the operator. A class, so that
/// a run counts one reference of it.
final class BoundStep {
    /// An output that is a view of an input, made in each run because the input may lie elsewhere each time.
    struct View {
        let slot: Int
        let source: Int
        let byteOffset: Int
        let type: TensorType
    }

    let planned: ExecutionPlan.PlannedStep
    /// That of the plan; taken from there, a run would count references of the whole step.
    let operation: (any Operator)?
    /// Whether the operator is run without a plan.
    let isDynamic: Bool
    /// Nil where nothing is computed.
    let context: RunContext?
    /// Inputs to be set before each run.
    var rebound: [(position: Int, slot: Int)] = []
    var views: [View] = []
    /// Outputs that the operator makes itself.
    var deferred: [(position: Int, slot: Int)] = []
    /// Slots of tensors made in this run that nobody reads after this step.
    var releases: [Int] = []

    init(planned: ExecutionPlan.PlannedStep, context: RunContext?) {
        self.planned = planned
        operation = planned.step?.operation
        isDynamic = if case .dynamic = planned.kind { true } else { false }
        self.context = context
    }
}
