// SPDX-License-Identifier: Apache-2.0
import CONNXSchema

typealias Messages<Message> = UnsafeMutablePointer<UnsafeMutablePointer<Message>?>

/// The elements of a repeated message field.
func elements<Message>(_ field: Messages<Message>?, _ count: Int) -> [UnsafeMutablePointer<Message>] {
    guard let field else { return [] }
    return UnsafeBufferPointer(start: field, count: count).compactMap { $0 }
}

/// The elements of a repeated text field.
func texts(_ field: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
    guard let field else { return [] }
    return UnsafeBufferPointer(start: field, count: count).map { text($0) }
}

/// A text field; empty when it is absent. The scan has checked that it is UTF-8.
func text(_ field: UnsafeMutablePointer<CChar>?) -> String {
    guard let field else { return "" }
    return String(cString: field)
}

/// The elements of a repeated number field.
func numbers<Number>(_ field: UnsafeMutablePointer<Number>?, _ count: Int) -> UnsafeBufferPointer<Number> {
    UnsafeBufferPointer(start: field, count: field == nil ? 0 : count)
}

/// The bytes of a byte field.
func content(_ field: ProtobufCBinaryData) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: field.data, count: field.data == nil ? 0 : field.len)
}

/// Element types and domains as the file writes them.
enum WireValue {
    /// ONNX's own domain has two names.
    static func domain(_ name: String) -> String { name == "ai.onnx" ? "" : name }
}
