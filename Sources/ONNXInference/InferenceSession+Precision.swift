// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
import ONNXKernels
package import ONNXTensors

extension InferenceSession {
    /// A tensor's elements in float32: the tensor itself where they are, a copy where they are float16 or bfloat16, nil
    /// for other types.
    package func inSinglePrecision(_ tensor: Tensor) throws(ONNXError) -> Tensor? {
        let format: HalfFormat
        switch tensor.elementType {
        case .float32: return tensor
        case .float16: format = .float16
        case .bfloat16: format = .bfloat16
        default: return nil
        }
        let wide = try Tensor(allocating: .float32, tensor.shape)
        RowKernels.convert(
            tensor.baseAddress.assumingMemoryBound(to: UInt16.self), as: format,
            into: wide.mutableBaseAddress.assumingMemoryBound(to: Float.self),
            count: tensor.shape.elementCount, workers: model.workers)
        return withExtendedLifetime(tensor.storage) { wide }
    }
}
