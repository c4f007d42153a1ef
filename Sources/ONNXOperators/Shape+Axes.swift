// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

extension Shape {
    /// The axes counted from the front, sorted.
    ///
    /// - Throws: `op.axis` for one out of range or given twice.
    package func normalizedAxes(_ axes: [Int]) throws(ONNXError) -> [Int] {
        var result: Set<Int> = []
        for axis in axes {
            guard result.insert(try normalizedAxis(axis)).inserted else {
                throw ONNXError("op.axis", "Axis \(axis) is given twice in \(axes).")
            }
        }
        return result.sorted()
    }
}
