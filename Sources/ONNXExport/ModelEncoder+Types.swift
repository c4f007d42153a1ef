// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors

extension ModelEncoder {
    static func valueInfo(_ value: ValueInfo, into encoder: inout WireEncoder) {
        encoder.string(1, value.name)
        if let declared = value.type {
            encoder.message(2) { (inner: inout WireEncoder) in type(declared, into: &inner) }
        }
    }

    static func type(_ type: ValueType, into encoder: inout WireEncoder) {
        switch type {
        case .tensor(let element, let dimensions):
            tensorType(field: 1, element, dimensions, into: &encoder)
        case .sparseTensor(let element, let dimensions):
            tensorType(field: 8, element, dimensions, into: &encoder)
        case .sequence(let element):
            encoder.message(4) { (inner: inout WireEncoder) in
                inner.message(1) { (nested: inout WireEncoder) in self.type(element, into: &nested) }
            }
        case .optional(let element):
            encoder.message(9) { (inner: inout WireEncoder) in
                inner.message(1) { (nested: inout WireEncoder) in self.type(element, into: &nested) }
            }
        case .map(let key, let value):
            encoder.message(5) { (inner: inout WireEncoder) in
                inner.integer(1, Int(key.rawValue))
                inner.message(2) { (nested: inout WireEncoder) in self.type(value, into: &nested) }
            }
        }
    }

    private static func tensorType(
        field: Int, _ element: ElementType, _ dimensions: [Dimension]?, into encoder: inout WireEncoder
    ) {
        encoder.message(field) { (inner: inout WireEncoder) in
            inner.integer(1, Int(element.rawValue))
            guard let dimensions else { return }
            inner.message(2) { (shape: inout WireEncoder) in
                for dimension in dimensions {
                    shape.message(1) { (entry: inout WireEncoder) in
                        switch dimension {
                        case .fixed(let length): entry.integer(1, length)
                        case .symbolic(let name): entry.string(2, name)
                        case .unknown: break
                        }
                    }
                }
            }
        }
    }

    static func operatorSets(_ sets: [String: Int], field: Int, into encoder: inout WireEncoder) {
        for (domain, version) in sets.sorted(by: { $0.key < $1.key }) {
            encoder.message(field) { (inner: inout WireEncoder) in
                inner.string(1, domain)
                inner.integer(2, version)
            }
        }
    }

    static func function(_ function: Function, into encoder: inout WireEncoder) throws(ONNXError) {
        encoder.string(1, function.name)
        for input in function.inputs { encoder.string(4, input) }
        for output in function.outputs { encoder.string(5, output) }
        for name in function.requiredAttributes { encoder.string(6, name) }
        for item in function.nodes {
            try encoder.message(7) { (inner: inout WireEncoder) throws(ONNXError) in
                try node(item, into: &inner)
            }
        }
        operatorSets(function.operatorSets, field: 9, into: &encoder)
        encoder.string(10, function.domain)
        for (name, value) in function.defaultAttributes.sorted(by: { $0.key < $1.key }) {
            try encoder.message(11) { (inner: inout WireEncoder) throws(ONNXError) in
                try attribute(name, value, into: &inner)
            }
        }
        if !function.overload.isEmpty { encoder.string(13, function.overload) }
    }
}
