// SPDX-License-Identifier: Apache-2.0

extension WireSchema {
    /// The fields of one message kind by number.
    static func fields(of kind: MessageKind) -> [Int: WireField] {
        switch kind {
        case .model:
            [
                1: one("ir_version", .varint), 2: one("producer_name", .text),
                3: one("producer_version", .text), 4: unused("domain", .text),
                5: unused("model_version", .varint), 6: unused("doc_string", .text),
                7: one("graph", .message(.graph)), 8: many("opset_import", .message(.operatorSet)),
                14: many("metadata_props", .message(.entry)), 20: unusedMany("training_info", .training),
                25: many("functions", .message(.function)), 26: unusedMany("configuration", .device),
            ]
        case .graph:
            [
                1: many("node", .message(.node)), 2: one("name", .text),
                5: many("initializer", .message(.tensor)), 10: unused("doc_string", .text),
                11: many("input", .message(.valueInfo)), 12: many("output", .message(.valueInfo)),
                13: many("value_info", .message(.valueInfo)),
                14: unusedMany("quantization_annotation", .annotation),
                15: many("sparse_initializer", .message(.sparseTensor)), 16: metadata,
            ]
        case .node:
            [
                1: many("input", .text), 2: many("output", .text), 3: one("name", .text),
                4: one("op_type", .text), 5: many("attribute", .message(.attribute)),
                6: unused("doc_string", .text), 7: one("domain", .text), 8: one("overload", .text),
                9: metadata, 10: unusedMany("device_configurations", .nodeDevice),
            ]
        case .attribute:
            [
                1: one("name", .text), 2: one("f", .fixed32), 3: one("i", .varint), 4: one("s", .bytes),
                5: one("t", .message(.tensor)), 6: one("g", .message(.graph)), 7: many("floats", .fixed32),
                8: many("ints", .varint), 9: many("strings", .bytes), 10: many("tensors", .message(.tensor)),
                11: many("graphs", .message(.graph)), 13: unused("doc_string", .text),
                14: one("tp", .message(.type)), 15: many("type_protos", .message(.type)),
                20: one("type", .varint), 21: one("ref_attr_name", .text),
                22: one("sparse_tensor", .message(.sparseTensor)),
                23: many("sparse_tensors", .message(.sparseTensor)),
            ]
        case .tensor:
            [
                1: many("dims", .varint), 2: one("data_type", .varint),
                3: one("segment", .message(.segment)), 4: many("float_data", .fixed32),
                5: many("int32_data", .varint), 6: many("string_data", .bytes),
                7: many("int64_data", .varint), 8: one("name", .text), 9: one("raw_data", .payload),
                10: many("double_data", .fixed64), 11: many("uint64_data", .varint),
                12: unused("doc_string", .text), 13: many("external_data", .message(.entry)),
                14: one("data_location", .varint), 16: metadata,
            ]
        case .segment: [1: one("begin", .varint), 2: one("end", .varint)]
        case .sparseTensor:
            [
                1: one("values", .message(.tensor)), 2: one("indices", .message(.tensor)),
                3: many("dims", .varint),
            ]
        case .valueInfo:
            [
                1: one("name", .text), 2: one("type", .message(.type)), 3: unused("doc_string", .text),
                4: metadata,
            ]
        case .type, .tensorType, .sequenceType, .mapType, .opaqueType, .sparseTensorType, .optionalType,
            .shape, .dimension:
            typeFields(of: kind)
        case .function:
            [
                1: one("name", .text), 4: many("input", .text), 5: many("output", .text),
                6: many("attribute", .text), 7: many("node", .message(.node)),
                8: unused("doc_string", .text), 9: many("opset_import", .message(.operatorSet)),
                10: one("domain", .text), 11: many("attribute_proto", .message(.attribute)),
                12: unusedMany("value_info", .valueInfo), 13: one("overload", .text), 14: metadata,
            ]
        case .operatorSet: [1: one("domain", .text), 2: one("version", .varint)]
        case .entry: [1: one("key", .text), 2: one("value", .text)]
        case .annotation, .training, .device, .nodeDevice, .shardingSpec, .deviceGroup, .shardedDimension,
            .shard:
            sideFields(of: kind)
        }
    }

    private static func typeFields(of kind: MessageKind) -> [Int: WireField] {
        switch kind {
        case .type:
            [
                1: one("tensor_type", .message(.tensorType)),
                4: one("sequence_type", .message(.sequenceType)),
                5: one("map_type", .message(.mapType)), 6: unused("denotation", .text),
                7: one("opaque_type", .message(.opaqueType)),
                8: one("sparse_tensor_type", .message(.sparseTensorType)),
                9: one("optional_type", .message(.optionalType)),
            ]
        case .tensorType, .sparseTensorType:
            [1: one("elem_type", .varint), 2: one("shape", .message(.shape))]
        case .sequenceType, .optionalType: [1: one("elem_type", .message(.type))]
        case .mapType: [1: one("key_type", .varint), 2: one("value_type", .message(.type))]
        case .opaqueType: [1: one("domain", .text), 2: one("name", .text)]
        case .shape: [1: many("dim", .message(.dimension))]
        case .dimension:
            [1: one("dim_value", .varint), 2: one("dim_param", .text), 3: unused("denotation", .text)]
        default: [:]
        }
    }

    /// Messages about training and devices: nothing of them is kept.
    private static func sideFields(of kind: MessageKind) -> [Int: WireField] {
        switch kind {
        case .annotation:
            [1: unused("tensor_name", .text), 2: unusedMany("quant_parameter_tensor_names", .entry)]
        case .training:
            [
                1: unused("initialization", .message(.graph)), 2: unused("algorithm", .message(.graph)),
                3: unusedMany("initialization_binding", .entry), 4: unusedMany("update_binding", .entry),
            ]
        case .device:
            [1: unused("name", .text), 2: unused("num_devices", .varint), 3: unusedMany("device", .text)]
        case .nodeDevice:
            [
                1: unused("configuration_id", .text), 2: unusedMany("sharding_spec", .shardingSpec),
                3: unused("pipeline_stage", .varint),
            ]
        case .shardingSpec:
            [
                1: unused("tensor_name", .text), 2: unusedMany("device", .varint),
                3: unusedMany("index_to_device_group_map", .deviceGroup),
                4: unusedMany("sharded_dim", .shardedDimension),
            ]
        case .deviceGroup: [1: unused("key", .varint), 2: unusedMany("value", .varint)]
        case .shardedDimension: [1: unused("axis", .varint), 2: unusedMany("simple_sharding", .shard)]
        case .shard:
            [
                1: unused("dim_value", .varint), 2: unused("dim_param", .text),
                3: unused("num_shards", .varint),
            ]
        default: [:]
        }
    }

    private static func one(_ name: StaticString, _ content: WireField.Content) -> WireField {
        WireField(name: name, content: content, isRepeated: false, isKept: true)
    }

    private static func many(_ name: StaticString, _ content: WireField.Content) -> WireField {
        WireField(name: name, content: content, isRepeated: true, isKept: true)
    }

    private static func unused(_ name: StaticString, _ content: WireField.Content) -> WireField {
        WireField(name: name, content: content, isRepeated: false, isKept: false)
    }

    private static func unusedMany(_ name: StaticString, _ content: WireField.Content) -> WireField {
        WireField(name: name, content: content, isRepeated: true, isKept: false)
    }

    private static func unusedMany(_ name: StaticString, _ kind: MessageKind) -> WireField {
        unusedMany(name, .message(kind))
    }

    private static var metadata: WireField { unusedMany("metadata_props", .entry) }
}
