// SPDX-License-Identifier: Apache-2.0

/// The kinds of messages in `onnx.proto`.
package enum MessageKind: UInt8, CaseIterable, Sendable {
    case model, graph, node, attribute, tensor, segment, sparseTensor, valueInfo
    case type, tensorType, sequenceType, mapType, opaqueType, sparseTensorType, optionalType
    case shape, dimension, function, operatorSet, entry, annotation, training, device, nodeDevice
    case shardingSpec, deviceGroup, shardedDimension, shard

    /// The name that messages give this kind.
    var label: String {
        switch self {
        case .model: "ModelProto"
        case .graph: "GraphProto"
        case .node: "NodeProto"
        case .attribute: "AttributeProto"
        case .tensor: "TensorProto"
        case .segment: "TensorProto.Segment"
        case .sparseTensor: "SparseTensorProto"
        case .valueInfo: "ValueInfoProto"
        case .type: "TypeProto"
        case .tensorType: "TypeProto.Tensor"
        case .sequenceType: "TypeProto.Sequence"
        case .mapType: "TypeProto.Map"
        case .opaqueType: "TypeProto.Opaque"
        case .sparseTensorType: "TypeProto.SparseTensor"
        case .optionalType: "TypeProto.Optional"
        case .shape: "TensorShapeProto"
        case .dimension: "TensorShapeProto.Dimension"
        case .function: "FunctionProto"
        case .operatorSet: "OperatorSetIdProto"
        case .entry: "StringStringEntryProto"
        case .annotation: "TensorAnnotation"
        case .training: "TrainingInfoProto"
        case .device: "DeviceConfigurationProto"
        case .nodeDevice: "NodeDeviceConfigurationProto"
        case .shardingSpec: "ShardingSpecProto"
        case .deviceGroup: "IntIntListEntryProto"
        case .shardedDimension: "ShardedDimProto"
        case .shard: "SimpleShardedDimProto"
        }
    }
}

/// What the scan knows of one field.
struct WireField: Sendable {
    enum Content: Sendable {
        /// No such field in the schema: checked for its form and dropped.
        case unknown
        case varint, fixed32, fixed64
        case text, bytes
        /// The bytes of a tensor: left in the file, replaced by their place.
        case payload
        case message(MessageKind)
    }

    var name: StaticString = ""
    var content = Content.unknown
    var isRepeated = false
    /// Whether the reader has a use for the field. A field without is checked for its form and dropped.
    var isKept = false
}

/// The fields of every message kind, by number; it repeats `onnx.proto`.
package struct WireSchema: Sendable {
    /// Every field number of the schema is below this.
    static let fieldLimit = 32

    static let onnx = WireSchema()

    private let fields: [WireField]

    /// The field of that number, or an unknown one.
    func field(_ kind: MessageKind, _ number: UInt64) -> WireField {
        guard number < UInt64(WireSchema.fieldLimit) else { return WireField() }
        return fields[Int(kind.rawValue) * WireSchema.fieldLimit + Int(number)]
    }

    private init() {
        var table = [WireField](
            repeating: WireField(), count: MessageKind.allCases.count * WireSchema.fieldLimit)
        for kind in MessageKind.allCases {
            for (number, field) in WireSchema.fields(of: kind) {
                table[Int(kind.rawValue) * WireSchema.fieldLimit + number] = field
            }
        }
        self.fields = table
    }
}
