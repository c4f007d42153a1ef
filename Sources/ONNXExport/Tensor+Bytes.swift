// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXTensors

extension Tensor {
    /// Calls `body` with the elements as bytes, and passes its error on.
    package func withBytes(_ body: (UnsafeRawBufferPointer) throws(ONNXError) -> Void) throws(ONNXError) {
        var failure: ONNXError?
        withUnsafeBytes { bytes in
            do throws(ONNXError) { try body(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
