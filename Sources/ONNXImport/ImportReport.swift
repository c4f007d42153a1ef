// SPDX-License-Identifier: Apache-2.0
package import ONNXTensors

/// A tensor whose elements stand in a file beside the model file.
package struct ExternalTensorInfo: Sendable {
    package var name: String
    package var elementType: ElementType
    package var shape: Shape
    /// The data file's name, as the model file gives it.
    package var location: String
    package var offset: Int
    package var byteCount: Int
    /// Whether the data file is there and long enough.
    package var isPresent: Bool
}

/// A file beside the model file that holds elements of tensors.
package struct DataFileInfo: Sendable {
    /// The name that the model file gives.
    package var location: String
    /// Bytes that the model needs the file to have.
    package var neededByteCount: Int
    /// Bytes that it has; nil when it is not there.
    package var presentByteCount: Int?
    /// How many tensors stand in it.
    package var tensorCount: Int
}

/// What the reader found besides the model itself.
package struct ImportReport: Sendable {
    /// The model file that was read.
    package var path = ""
    package var fileByteCount = 0
    /// Bytes of tensors inside the model file.
    package var inlineByteCount = 0
    package var externalTensors: [ExternalTensorInfo] = []
    package var dataFiles: [DataFileInfo] = []
    /// Sentences about things that are odd but harmless.
    package var warnings: [String] = []
}
