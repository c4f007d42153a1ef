// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

/// Writes single tensors as ONNX's test cases keep them: `input_0.pb`, `output_0.pb`.
package enum TensorFileWriter {
    /// The bytes of a `TensorProto`.
    package static func encode(_ tensor: Tensor, name: String = "") throws(ONNXError) -> [UInt8] {
        var encoder = WireEncoder()
        try TensorEncoder.inline(tensor, name: name, into: &encoder)
        return encoder.bytes
    }

    /// Writes `tensor` to a file, replacing one that is there; the file appears complete or not at all.
    ///
    /// - Throws: `io.create`, `io.write` or `io.no_space`.
    package static func write(_ tensor: Tensor, name: String = "", to path: String) throws(ONNXError) {
        try AtomicFile.write(encode(tensor, name: name), to: path)
    }
}
