// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// What an operator may know of its inputs when it plans its outputs.
package final class InferenceContext {
    package private(set) var inputs: [TensorType?] = []
    private var values: [Tensor?] = []
    /// Outputs that the node names; the others need not be computed.
    package private(set) var requestedOutputs: [Bool] = []

    package init() {}

    /// Sets the context up for one node.
    ///
    /// - Parameters:
    ///   - inputs: type by position; nil where the node leaves an optional input out.
    ///   - values: elements by position; nil where they are not known yet.
    package func reset(inputs: [TensorType?], values: [Tensor?], requestedOutputs: [Bool]) {
        self.inputs = inputs
        self.values = values
        self.requestedOutputs = requestedOutputs
    }

    package var inputCount: Int { inputs.count }
    package var outputCount: Int { requestedOutputs.count }

    package func hasInput(_ index: Int) -> Bool { index < inputs.count && inputs[index] != nil }

    package func isOutputRequested(_ index: Int) -> Bool {
        index < requestedOutputs.count && requestedOutputs[index]
    }

    /// The type of an input that must be there.
    ///
    /// - Throws: `input.missing`.
    package func input(_ index: Int) throws(ONNXError) -> TensorType {
        guard index < inputs.count, let type = inputs[index] else {
            throw ONNXError("input.missing", "Input \(index) is required and left out.")
        }
        return type
    }

    package func optionalInput(_ index: Int) -> TensorType? { index < inputs.count ? inputs[index] : nil }

    /// Whether the elements of the input are known already.
    package func isKnown(_ index: Int) -> Bool { index < values.count && values[index] != nil }

    /// The elements of an input that the output shapes depend on.
    ///
    /// - Throws: ``valueUnknown`` while they are not known; the executor then asks again when they are.
    package func value(_ index: Int) throws(ONNXError) -> Tensor {
        _ = try input(index)
        guard index < values.count, let value = values[index] else {
            throw ONNXError(Self.valueUnknown, "The elements of input \(index) are not known before the run.")
        }
        return value
    }

    /// The code that ``value(_:)`` throws; it never reaches a caller of the library.
    package static let valueUnknown: ONNXError.Code = "plan.value_unknown"

    /// The input's type, if its element type is one of `allowed`.
    ///
    /// - Throws: `tensor.dtype_unsupported` naming both.
    package func input(_ index: Int, oneOf allowed: Set<ElementType>) throws(ONNXError) -> TensorType {
        let type = try input(index)
        guard allowed.contains(type.elementType) else {
            let names = allowed.map(\.description).sorted().joined(separator: ", ")
            throw ONNXError(
                "tensor.dtype_unsupported", "Input \(index) is \(type); this operator takes \(names) there.")
        }
        return type
    }

    /// Checks that two inputs have one element type.
    ///
    /// - Throws: `op.type_mismatch` naming both.
    package func checkSameElementType(_ first: Int, _ second: Int) throws(ONNXError) {
        let (a, b) = (try input(first), try input(second))
        guard a.elementType == b.elementType else {
            throw ONNXError(
                "op.type_mismatch", "Inputs \(first) and \(second) are \(a) and \(b); their types must agree."
            )
        }
    }

    /// The one integer that an input holds, as a scalar or a tensor of one element.
    ///
    /// - Throws: `op.shape`, and what ``value(_:)`` throws.
    package func integer(_ index: Int) throws(ONNXError) -> Int {
        let integers = try value(index).integers()
        guard integers.count == 1 else {
            throw ONNXError("op.shape", "Input \(index) has \(integers.count) elements; one is expected.")
        }
        return integers[0]
    }

    /// The integers that an input holds.
    package func integers(_ index: Int) throws(ONNXError) -> [Int] { try value(index).integers() }
}
