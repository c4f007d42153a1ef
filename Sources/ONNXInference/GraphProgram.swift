// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXOperators
import ONNXTensors

/// A graph made ready to run: operators bound to numbered value slots, in an order in which each value is written
/// before it is read.
struct GraphProgram: Sendable {
    /// One operator call over slots; slot −1 stands for an input or output left out.
    struct Step: Sendable {
        let label: String
        /// The operator's name with its domain, such as `com.microsoft.MatMulNBits`.
        let kind: String
        let operation: any Operator
        let inputs: [Int]
        let outputs: [Int]
        let requestedOutputs: [Bool]
        let subgraphs: [String: Subprogram]
    }

    /// A subgraph with the values that it reads from around it.
    struct Subprogram: Sendable {
        let program: GraphProgram
        /// Slot outside → slot inside.
        let captures: [(outer: Int, inner: Int)]
    }

    /// A constant value; `tensor` is nil once the operators that read it have taken it in.
    struct Constant: Sendable {
        let slot: Int
        let type: TensorType
        var tensor: Tensor?
    }

    var slotCount = 0
    var steps: [Step] = []
    var constants: [Constant] = []
    /// The graph's inputs that have no constant value, in order.
    var inputs: [(info: ValueInfo, slot: Int)] = []
    var outputs: [(info: ValueInfo, slot: Int)] = []
    /// Names read from enclosing graphs, with the slots that receive them.
    var captures: [(name: String, slot: Int)] = []
    /// For each step, the slots that no later step reads and that are no outputs.
    var releases: [[Int]] = []
}
