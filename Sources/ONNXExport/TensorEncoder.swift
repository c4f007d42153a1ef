// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors

/// Encodes tensors as `TensorProto` messages.
enum TensorEncoder {
    static func inline(_ tensor: Tensor, name: String, into encoder: inout WireEncoder) throws(ONNXError) {
        encoder.integers(1, tensor.shape.dimensions)
        encoder.integer(2, Int(tensor.elementType.rawValue))
        if tensor.elementType == .string {
            for value in try tensor.strings() { encoder.string(6, value) }
        }
        if !name.isEmpty { encoder.string(8, name) }
        if tensor.elementType != .string {
            tensor.withUnsafeBytes { encoder.data(9, $0) }
        }
    }

    static func external(
        _ entry: ExternalDataLayout.Entry, fileName: String, into encoder: inout WireEncoder
    ) {
        encoder.integers(1, entry.tensor.shape.dimensions)
        encoder.integer(2, Int(entry.tensor.elementType.rawValue))
        encoder.string(8, entry.tensor.name)
        let pairs = [
            ("location", fileName), ("offset", String(entry.offset)),
            ("length", String(entry.tensor.byteCount)),
        ]
        for (key, value) in pairs {
            encoder.message(13) { (inner: inout WireEncoder) in
                inner.string(1, key)
                inner.string(2, value)
            }
        }
        encoder.integer(14, 1)
    }
}
