// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXOperators
import ONNXTensors

/// How to run a program for one signature of inputs: which steps remain, where each output goes.
///
/// Steps whose outputs are known from the signature alone have run already; branches that the signature decides are
/// part of the list; buffers have their places in the arena. A step whose shapes depend on values is planned when
/// it is reached.
struct ExecutionPlan {
    /// What becomes of one output of a step.
    enum OutputAction {
        case skip
        /// Written to the arena, at the offset given.
        case arena(offset: Int, TensorType)
        /// Written to the buffer of a graph output.
        case graphOutput(Int, TensorType)
        case view(input: Int, byteOffset: Int, TensorType)
        case cache(input: Int, TensorType)
        /// Given by the operator itself.
        case deferred
    }

    enum Kind {
        /// Everything is known: outputs in the order of the step's outputs. `computes` is false where nothing is
        /// left to do but to make views.
        case bound([OutputAction], computes: Bool)
        /// Types and buffers are found when the step is reached.
        case dynamic
    }

    struct PlannedStep {
        /// Nil for a step that only gives values other names.
        let step: GraphProgram.Step?
        let inputs: [Int]
        let outputs: [Int]
        let kind: Kind
        /// Slots of tensors outside the arena that nobody reads after this step.
        var releases: [Int] = []
    }

    /// What was settled while planning, in order: it holds for every run of which the same is known.
    enum Decision {
        /// A step that has run already.
        case evaluated(GraphProgram.Step, inputs: [Int], outputs: [Int])
        /// The choice of a subgraph.
        case branch(GraphProgram.Step, inputs: [Int], chosen: String)
        /// One slot took over what is known of another.
        case alias(from: Int, to: Int)
        /// A step was bound as ``ExecutionPlan/steps`` has it at this index, its outputs being planned so.
        case bound(Int, [OutputPlan])
        /// A step was left for the run.
        case dynamic(Int)
    }

    var steps: [PlannedStep] = []
    var decisions: [Decision] = []
    /// Constants and values known from the signature, by slot.
    var presets: [Tensor?] = []
    /// Types known from the signature, by slot.
    var types: [TensorType?] = []
    /// Elements known from the signature, by slot; beyond ``presets`` those of inputs and of views.
    var known: [Tensor?] = []
    var inputSlots: [Int] = []
    var outputSlots: [Int] = []
    var arenaByteCount = 0
    /// The subgraphs that the inputs' types and known values selected, in order of appearance.
    var branches: [String] = []
    /// Outer step's subgraph captures are slots of the whole plan; the map gives a program's own slots.
    var subgraphCaptures: [Int: [String: [(outer: Int, inner: Int)]]] = [:]
}
