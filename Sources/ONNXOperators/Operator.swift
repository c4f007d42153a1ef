// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// The meaning of one node: attributes read and checked once, then shapes inferred and values computed any number
/// of times, from any thread.
package protocol Operator: Sendable {
    /// Reads and checks the node's attributes; every attribute present must be read or the node is refused.
    init(_ node: OperatorNode) throws(ONNXError)

    /// Types, shapes and placement of the outputs, in positional order, one for each output the node names (also
    /// for the ones left out, whose plan is not used).
    ///
    /// Checks everything about the inputs that ``run(_:)`` relies on, so that kernels need no checks of their own.
    /// May read input values through ``InferenceContext/value(_:)``; where a value is not known yet, that call throws
    /// and inference is repeated when it is.
    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan]

    /// A version of this operator that has taken in its constant inputs, packed weights for example.
    ///
    /// Called once at load, after ``init(_:)``. Checks the constants fully before it reads them.
    func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator

    /// Computes the outputs; inputs and outputs are as the last ``inferOutputs(_:)`` saw and planned them.
    func run(_ context: RunContext) throws(ONNXError)

    /// Positions of inputs that may be a ``KVCache`` instead of a tensor, with the format that the cache must have.
    var cacheInputs: [Int: KVCache.Format] { get }

    /// Positions of inputs whose length, or value, may differ from what ``inferOutputs(_:)`` saw, as long as the other
    /// inputs do not: the outputs stay as planned, and ``run(_:)`` checks itself what it relies on.
    ///
    /// A decoder's step grows by one position from token to token; the operators that say so need no new plan.
    var growingInputs: [Int] { get }

    /// Positions of inputs that ``prepared(_:)`` has copied, so that ``run(_:)`` no longer reads them and their
    /// memory may go.
    var absorbedInputs: [Int] { get }

    /// Bytes of packed weights that each ``run(_:)`` reads whole.
    var packedByteCount: Int { get }

    /// The attribute name of the subgraph that alone will run, where the inputs decide it already; nil for
    /// operators without subgraphs or when the choice falls at run time.
    func selectedSubgraph(_ context: InferenceContext) throws(ONNXError) -> String?
}

extension Operator {
    package func prepared(_ constants: ConstantInputs) throws(ONNXError) -> any Operator { self }
    package var cacheInputs: [Int: KVCache.Format] { [:] }
    package var growingInputs: [Int] { [] }
    package var absorbedInputs: [Int] { [] }
    package var packedByteCount: Int { 0 }
    package func selectedSubgraph(_ context: InferenceContext) throws(ONNXError) -> String? { nil }
}

/// The type and shape of a tensor without its elements.
package struct TensorType: Sendable, Hashable, CustomStringConvertible {
    package let elementType: ElementType
    package let shape: Shape

    package init(_ elementType: ElementType, _ shape: Shape) {
        self.elementType = elementType
        self.shape = shape
    }

    package var description: String { "\(elementType)\(shape)" }
}

/// What an operator says of one of its outputs before it runs.
package struct OutputPlan: Sendable {
    /// Where the output's elements will be.
    package enum Placement: Sendable {
        /// In a buffer that the executor provides.
        case allocated
        /// In the buffer of an input, from a byte offset on: nothing is copied and ``Operator/run(_:)`` writes
        /// nothing.
        case view(input: Int, byteOffset: Int)
        /// In the cache given as an input, where it is one; else in a buffer that the executor provides.
        case cache(input: Int)
        /// Known already: `run` writes nothing.
        case constant(Tensor)
        /// The operator makes the tensor in `run` and gives it to ``RunContext/setOutput(_:_:)``: its shape depends
        /// on values, or it holds strings.
        case deferred
    }

    package let type: TensorType
    package let placement: Placement

    /// An output in a buffer of its own, or placed otherwise.
    package init(_ elementType: ElementType, _ shape: Shape, _ placement: Placement = .allocated) {
        self.type = TensorType(elementType, shape)
        self.placement = placement
    }

    /// A known value.
    package static func constant(_ tensor: Tensor) -> OutputPlan {
        OutputPlan(tensor.elementType, tensor.shape, .constant(tensor))
    }

    /// An output whose shape is found only by running; `type` is the element type where it is known.
    package static func deferred(_ elementType: ElementType) -> OutputPlan {
        OutputPlan(elementType, .scalar, .deferred)
    }
}
