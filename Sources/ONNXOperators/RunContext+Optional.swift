// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

extension RunContext {
    /// The buffer of an output, or one of its own where nobody asks for the output.
    func output(_ index: Int, orAllocating type: ElementType, _ shape: Shape) throws(ONNXError) -> Tensor {
        if let output = optionalOutput(index) { return output }
        return try Tensor(allocating: type, shape)
    }
}
