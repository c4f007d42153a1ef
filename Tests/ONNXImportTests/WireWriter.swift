// SPDX-License-Identifier: Apache-2.0

/// Writes protobuf bytes by hand, valid or not.
struct Wire {
    var bytes: [UInt8] = []

    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func tag(_ number: Int, _ wireType: Int) -> [UInt8] { varint(UInt64(number << 3 | wireType)) }

    func raw(_ more: [UInt8]) -> Wire { Wire(bytes: bytes + more) }

    func number(_ field: Int, _ value: Int) -> Wire {
        raw(Wire.tag(field, 0) + Wire.varint(UInt64(bitPattern: Int64(value))))
    }

    func float(_ field: Int, _ value: Float) -> Wire {
        raw(Wire.tag(field, 5) + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })
    }

    func data(_ field: Int, _ content: [UInt8]) -> Wire {
        raw(Wire.tag(field, 2) + Wire.varint(UInt64(content.count)) + content)
    }

    func text(_ field: Int, _ content: String) -> Wire { data(field, Array(content.utf8)) }

    func message(_ field: Int, _ content: Wire) -> Wire { data(field, content.bytes) }

    func messages(_ field: Int, _ contents: [Wire]) -> Wire {
        contents.reduce(self) { $0.message(field, $1) }
    }
}

/// Messages that the tests put together.
enum Messages {
    static func model(
        graph: Wire?, irVersion: Int = 8, opsets: [(String, Int)] = [("", 17)], functions: [Wire] = []
    ) -> Wire {
        var wire = Wire().number(1, irVersion).text(2, "tests")
        if let graph { wire = wire.message(7, graph) }
        for (domain, version) in opsets { wire = wire.message(8, Wire().text(1, domain).number(2, version)) }
        return wire.messages(25, functions)
    }

    static func graph(
        nodes: [Wire] = [Messages.node("Identity", ["x"], ["y"])], initializers: [Wire] = [],
        inputs: [String] = ["x"], outputs: [String] = ["y"], name: String = "g"
    ) -> Wire {
        Wire().messages(1, nodes).text(2, name).messages(5, initializers)
            .messages(11, inputs.map { value($0) }).messages(12, outputs.map { value($0) })
    }

    static func value(_ name: String, type: Wire = tensorType(1, [2])) -> Wire {
        Wire().text(1, name).message(2, type)
    }

    static func tensorType(_ elementType: Int, _ dimensions: [Int]) -> Wire {
        let shape = Wire().messages(1, dimensions.map { Wire().number(1, $0) })
        return Wire().message(1, Wire().number(1, elementType).message(2, shape))
    }

    static func node(
        _ type: String, _ inputs: [String], _ outputs: [String], name: String = "", domain: String = "",
        attributes: [Wire] = []
    ) -> Wire {
        var wire = Wire()
        for input in inputs { wire = wire.text(1, input) }
        for output in outputs { wire = wire.text(2, output) }
        return wire.text(3, name).text(4, type).messages(5, attributes).text(7, domain)
    }

    /// An attribute whose value's field and type number are given by the caller.
    static func attribute(_ name: String, type: Int, _ value: Wire = Wire()) -> Wire {
        Wire().text(1, name).raw(value.bytes).number(20, type)
    }

    static func subgraph(_ name: String, _ graph: Wire) -> Wire {
        attribute(name, type: 5, Wire().message(6, graph))
    }

    /// A tensor of which the caller gives everything but the header.
    static func tensor(_ name: String, _ type: Int, _ dimensions: [Int], _ rest: Wire = Wire()) -> Wire {
        dimensions.reduce(Wire()) { $0.number(1, $1) }.number(2, type).text(8, name).raw(rest.bytes)
    }

    static func external(_ entries: [(String, String)]) -> Wire {
        Wire().messages(13, entries.map { Wire().text(1, $0.0).text(2, $0.1) }).number(14, 1)
    }

    /// A model of one tensor, which its only node reads.
    static func model(tensor: Wire, named name: String = "w") -> Wire {
        model(graph: graph(nodes: [node("Identity", [name], ["y"])], initializers: [tensor], inputs: []))
    }

    static func function(
        _ name: String, domain: String = "local", nodes: [Wire], inputs: [String] = ["a"],
        outputs: [String] = ["b"], attributes: [String] = [], defaults: [Wire] = []
    ) -> Wire {
        var wire = Wire().text(1, name)
        for input in inputs { wire = wire.text(4, input) }
        for output in outputs { wire = wire.text(5, output) }
        for attribute in attributes { wire = wire.text(6, attribute) }
        return wire.messages(7, nodes).message(9, Wire().text(1, "").number(2, 17)).text(10, domain)
            .messages(11, defaults)
    }
}
