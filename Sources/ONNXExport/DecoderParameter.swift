// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

/// What a decoder's data file must be filled with; the numbers are places in the list of external tensors.
package enum DecoderParameter: Sendable {
    /// float32 `[length]`.
    case vector(VectorRole, tensor: Int)
    /// float32 `[vocabulary, hidden]`.
    case embedding(tensor: Int)
    /// The blocks, scales and zero points of a matrix.
    case matrix(MatrixRole, MatrixFormat, weight: Int, scales: Int, zeroPoints: Int?)
    /// Elements that the graph itself determines.
    case constant(Tensor, tensor: Int)
}
