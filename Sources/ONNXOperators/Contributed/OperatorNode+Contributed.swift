// SPDX-License-Identifier: Apache-2.0
import ONNXErrors

extension OperatorNode {
    /// The attribute `epsilon`.
    ///
    /// - Throws: `attr.value` unless it is finite and not negative.
    func epsilon(default value: Float) throws(ONNXError) -> Float {
        let epsilon = try float("epsilon", default: value)
        guard epsilon.isFinite, epsilon >= 0 else {
            throw ONNXError("attr.value", "epsilon is \(epsilon); a finite number from 0 is expected.")
        }
        return epsilon
    }

    /// The attribute `stash_type`, the precision of the mean: float32 alone is there.
    func checkStashType() throws(ONNXError) {
        let type = try int("stash_type", default: 1)
        guard type == 1 else {
            throw ONNXError("attr.value", "stash_type is \(type); 1 (float32) is supported.")
        }
    }

    /// Throws `op.arity` or `input.missing` unless the numbers fit the ranges and the inputs `required` are named.
    func checkArity(
        inputs: ClosedRange<Int>, outputs: ClosedRange<Int>, required: [Int]
    ) throws(ONNXError) {
        guard inputs.contains(inputCount), outputs.contains(outputCount) else {
            throw ONNXError(
                "op.arity",
                """
                \(node.qualifiedType) takes \(inputs.lowerBound) to \(inputs.upperBound) inputs and gives \
                \(outputs.lowerBound) to \(outputs.upperBound) outputs; the node has \(inputCount) and \(outputCount).
                """)
        }
        for index in required where !hasInput(index) {
            throw ONNXError(
                "input.missing", "\(node.qualifiedType) needs its input \(index), which is left out.")
        }
    }
}
