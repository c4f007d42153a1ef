// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

extension ScatterReduction {
    /// What the attribute `reduction` of the scatter operators says.
    ///
    /// - Throws: `attr.value`.
    init(_ node: OperatorNode) throws(ONNXError) {
        switch try node.string("reduction", default: "none") {
        case "none": self = .replace
        case "add": self = .add
        case "mul": self = .multiply
        case "min": self = .minimum
        case "max": self = .maximum
        case let other: throw ONNXError("attr.value", "The reduction \"\(other)\" is not supported.")
        }
    }
}

extension RunContext {
    /// Runs `body` on float32 where the reduction computes, and on whole bytes where elements only move.
    func reducing(
        _ reduction: ScatterReduction, _ body: (RunContext) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        if reduction == .replace { try withWholeBytes(body) } else { try inSinglePrecision(body) }
    }
}

extension Shape {
    /// Checks that indices of this shape pick inside `data` on every axis but `axis`.
    ///
    /// - Throws: `op.shape`.
    func checkFits(_ data: Shape, axis: Int) throws(ONNXError) {
        guard rank == data.rank, (0..<rank).allSatisfy({ $0 == axis || self[$0] <= data[$0] }) else {
            throw ONNXError(
                "op.shape", "Indices of shape \(self) do not suit data of shape \(data), axis \(axis).")
        }
    }
}
