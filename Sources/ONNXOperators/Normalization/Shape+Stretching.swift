// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

extension Shape {
    /// Checks that a scale or bias stretches to this shape, and spans no more than the dimensions from `axis` on
    /// where it has as many elements as they.
    ///
    /// - Throws: `op.shape`.
    func checkStretches(_ parameter: Shape, from axis: Int) throws(ONNXError) {
        let columns = product(axis..<rank)
        let isPlain = parameter.elementCount == columns
        let suffix = dimensions.suffix(max(0, rank - axis))
        if isPlain, parameter.dimensions.drop(while: { $0 == 1 }) == suffix.drop(while: { $0 == 1 }) {
            return
        }
        guard !isPlain, parameter.rank <= rank, try Shape.broadcast([self, parameter]) == self else {
            throw ONNXError(
                "op.shape",
                "A scale or bias of shape \(parameter) does not suit \(self), normalized from axis \(axis).")
        }
    }
}
