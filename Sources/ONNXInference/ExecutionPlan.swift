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

    var steps: [PlannedStep] = []
    /// Constants and values known from the signature, by slot.
    var presets: [Tensor?] = []
    var inputSlots: [Int] = []
    var outputSlots: [Int] = []
    var arenaByteCount = 0
    /// The subgraphs that the inputs' types and known values selected, in order of appearance.
    var branches: [String] = []
    /// Outer step's subgraph captures are slots of the whole plan; the map gives a program's own slots.
    var subgraphCaptures: [Int: [String: [(outer: Int, inner: Int)]]] = [:]
}

/// What decides a plan: the types of the inputs, which of them are caches, and the values of those few that shapes
/// depend on.
struct InputSignature: Hashable {
    struct Input: Hashable {
        let type: TensorType
        let isCache: Bool
        /// The elements of an input that is planned by value.
        let value: [Int]?
    }

    let inputs: [Input]
    /// Subgraphs to take against what the inputs say; see ``PlanBuilder``.
    let branches: [String]?
}
