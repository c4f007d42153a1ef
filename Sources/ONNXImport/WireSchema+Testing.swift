// SPDX-License-Identifier: Apache-2.0
import CONNXSchema

extension WireSchema {
    /// Where the table and the generated C disagree, in sentences; empty when they agree.
    package static func disagreements() -> [String] {
        var comparison = SchemaComparison()
        withUnsafePointer(to: onnxlm__model_proto__descriptor) { comparison.compare(.model, $0.pointee) }
        for kind in MessageKind.allCases where !comparison.visited.contains(kind) {
            comparison.findings.append("\(kind.label) is reached from no field.")
        }
        return comparison.findings
    }
}

/// A walk over the descriptors that protoc-c generates.
private struct SchemaComparison {
    var visited: Set<MessageKind> = []
    var findings: [String] = []

    mutating func compare(_ kind: MessageKind, _ descriptor: ProtobufCMessageDescriptor) {
        guard visited.insert(kind).inserted else { return }
        var numbers: Set<Int> = []
        for index in 0..<Int(descriptor.n_fields) {
            let field = descriptor.fields[index]
            // The two fields that only the scan writes.
            if kind == .tensor, field.id == 2001 || field.id == 2002 { continue }
            numbers.insert(Int(field.id))
            compare(kind, field)
        }
        for number in fieldNumbers(of: kind).subtracting(numbers).sorted() {
            findings.append("\(kind.label) has no field \(number).")
        }
    }

    private func fieldNumbers(of kind: MessageKind) -> Set<Int> { Set(WireSchema.fields(of: kind).keys) }

    private mutating func compare(_ kind: MessageKind, _ field: ProtobufCFieldDescriptor) {
        let name = String(cString: field.name)
        let known = WireSchema.onnx.field(kind, UInt64(field.id))
        if "\(known.name)" != name { findings.append("\(kind.label).\(name) is called \(known.name).") }
        if known.isRepeated != (field.label == PROTOBUF_C_LABEL_REPEATED) {
            findings.append("\(kind.label).\(name) differs in being repeated.")
        }
        let agrees: Bool
        switch known.content {
        case .varint:
            agrees = [PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64].contains(
                field.type)
        case .fixed32: agrees = field.type == PROTOBUF_C_TYPE_FLOAT
        case .fixed64: agrees = field.type == PROTOBUF_C_TYPE_DOUBLE
        case .text: agrees = field.type == PROTOBUF_C_TYPE_STRING
        case .bytes, .payload: agrees = field.type == PROTOBUF_C_TYPE_BYTES
        case .unknown: agrees = false
        case .message(let child):
            agrees = field.type == PROTOBUF_C_TYPE_MESSAGE
            if agrees, let descriptor = field.descriptor {
                compare(child, descriptor.load(as: ProtobufCMessageDescriptor.self))
            }
        }
        if !agrees { findings.append("\(kind.label).\(name) differs in its type.") }
    }
}
