// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXKernels
import ONNXTensors

/// Where the heads lie in what the rotary operators of com.microsoft turn.
struct RotaryLayout {
    let batch: Int
    let length: Int
    let heads: Int
    let headSize: Int
    let strides: RotaryEmbedding.Strides

    /// - Parameters:
    ///   - shape: `[batch, length, heads × size]` or `[batch, heads, length, size]`.
    ///   - heads: the attribute num_heads; 0 where it is left out.
    ///   - rotarySize: the attribute rotary_embedding_dim; 0 where it is left out.
    ///   - width: of the caches' rows.
    /// - Throws: `op.shape`.
    init(_ shape: Shape, heads number: Int, rotarySize: Int, width: Int) throws(ONNXError) {
        let rotated = 2 * width
        guard rotarySize == 0 || rotarySize == rotated else {
            throw ONNXError(
                "op.shape", "cos_cache is \(width) wide for rotary_embedding_dim \(rotarySize).")
        }
        switch shape.rank {
        case 4:
            batch = shape[0]
            heads = shape[1]
            length = shape[2]
            headSize = shape[3]
            strides = .init(position: headSize, head: length * headSize)
            guard number == 0 || number == heads else {
                throw ONNXError("op.shape", "The input \(shape) has not num_heads \(number).")
            }
        case 3:
            batch = shape[0]
            length = shape[1]
            headSize = number > 0 ? shape[2] / number : rotated
            heads = number > 0 ? number : shape[2] / rotated
            strides = .init(position: shape[2], head: headSize)
            guard heads * headSize == shape[2] else {
                throw ONNXError(
                    "op.shape", "The width of \(shape) is no multiple of heads of \(headSize) elements.")
            }
        default:
            throw ONNXError("op.shape", "The input is \(shape); three or four dimensions are expected.")
        }
        guard rotated <= headSize else {
            throw ONNXError(
                "op.shape", "cos_cache is \(width) wide, more than half of a head of \(headSize) elements.")
        }
    }
}
