// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

extension RunContext {
    /// Runs `body` with float32 copies in place of float16 and bfloat16 tensors, and rounds what it writes.
    package func inSinglePrecision(_ body: (RunContext) throws(ONNXError) -> Void) throws(ONNXError) {
        let isHalf = { (tensor: Tensor) in tensor.elementType == .float16 || tensor.elementType == .bfloat16 }
        try substituting(
            where: isHalf,
            input: { (tensor: Tensor) throws(ONNXError) in
                try TypedKernels.converted(tensor, to: .float32, workers: workers)
            },
            output: { (tensor: Tensor) throws(ONNXError) in try Tensor(allocating: .float32, tensor.shape) },
            finish: { (wide: Tensor, tensor: Tensor) throws(ONNXError) in
                try TypedKernels.convert(wide, into: tensor, workers: workers)
            },
            body)
    }

    /// Runs `body`, which only moves elements, with one byte for each element of a type below 8 bits.
    package func withWholeBytes(_ body: (RunContext) throws(ONNXError) -> Void) throws(ONNXError) {
        try substituting(
            where: { (tensor: Tensor) in tensor.elementType != .string && tensor.elementType.bitWidth < 8 },
            input: { (tensor: Tensor) throws(ONNXError) in try PackedElements.unpacked(tensor) },
            output: { (tensor: Tensor) throws(ONNXError) in try Tensor(allocating: .uint8, tensor.shape) },
            finish: { (bytes: Tensor, tensor: Tensor) throws(ONNXError) in
                PackedElements.pack(bytes, into: tensor)
            },
            body)
    }

    private func substituting(
        where applies: (Tensor) -> Bool,
        input makeInput: (Tensor) throws(ONNXError) -> Tensor,
        output makeOutput: (Tensor) throws(ONNXError) -> Tensor,
        finish: (Tensor, Tensor) throws(ONNXError) -> Void,
        _ body: (RunContext) throws(ONNXError) -> Void
    ) throws(ONNXError) {
        // Seldom; what follows makes lists.
        guard
            (0..<inputCount).contains(where: { optionalInput($0).map(applies) ?? false })
                || (0..<outputCount).contains(where: { optionalOutput($0).map(applies) ?? false })
        else { return try body(self) }
        var inputs: [Tensor?] = []
        var outputs: [Tensor?] = []
        for index in 0..<inputCount {
            let tensor = optionalInput(index)
            if let tensor, applies(tensor) {
                inputs.append(try makeInput(tensor))
            } else {
                inputs.append(tensor)
            }
        }
        for index in 0..<outputCount {
            let tensor = optionalOutput(index)
            if let tensor, applies(tensor) {
                outputs.append(try makeOutput(tensor))
            } else {
                outputs.append(tensor)
            }
        }
        let inner = derived(inputs: inputs, outputs: outputs)
        try body(inner)
        for index in 0..<outputCount {
            if let tensor = optionalOutput(index), applies(tensor), let result = inner.optionalOutput(index) {
                try finish(result, tensor)
            }
        }
    }
}
