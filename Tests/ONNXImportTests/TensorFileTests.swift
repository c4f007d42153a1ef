// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
import Testing

struct TensorFileTests {
    private func check(_ code: ONNXError.Code?, _ wire: Wire) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("input_0.pb", wire.bytes)
        expect(code) { () throws(ONNXError) in try TensorFile.load(path: path) }
    }

    @Test func readsATensor() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "input_0.pb", Messages.tensor("x", 1, [2], Wire().data(9, bytes(of: [Float(1), 2]))).bytes)
        let (name, tensor) = try TensorFile.read(path: path)
        #expect(name == "x")
        #expect(try tensor.values(as: Float.self) == [1, 2])
    }

    @Test func refusesWhatIsNoTensor() throws {
        let tensor = Messages.tensor("", 1, [1], Wire().float(4, 1))
        try check(nil, tensor)
        // A sequence and an optional value: name, kind, tensors.
        try check(
            "tensor.not_a_tensor", Wire().text(1, "s").number(2, 1).message(3, tensor).message(3, tensor))
        try check("tensor.not_a_tensor", Wire().text(1, "o").number(2, 1).message(3, tensor))
        try check("tensor.not_a_tensor", Wire().text(1, "empty sequence").number(2, 1))
        try check("tensor.not_a_tensor", Wire().number(2, 1).message(3, tensor))
        try check("tensor.dtype", Wire())
        try check("proto.bad_wire_type", Wire(bytes: [0xFF, 0x01]))
        try check(
            "external_data.no_folder", Messages.tensor("", 1, [1], Messages.external([("location", "x")])))
        expect("model.not_found") { () throws(ONNXError) in try TensorFile.load(path: "/nowhere/input_0.pb") }
    }
}
