// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXErrors
import ONNXTensors
import Testing

struct TensorTests {
    @Test func keepsValues() throws {
        let tensor = try Tensor([Int64(1), 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(try tensor.values(as: Int64.self) == [1, 2, 3, 4, 5, 6])
        #expect(try tensor.integers() == [1, 2, 3, 4, 5, 6])
        #expect(tensor.description == "int64[2, 3]")
        #expect(tensor.byteCount == 48)
        #expect(try tensor.reshaped(to: Shape([6])).values(as: Int64.self).count == 6)
        #expect(throws: ONNXError.self) { try tensor.reshaped(to: Shape([7])) }
        #expect(throws: ONNXError.self) { try tensor.values(as: Float.self) }
        #expect(throws: ONNXError.self) { try Tensor([Float(1)], shape: [2]) }
        #expect(throws: ONNXError.self) { try tensor.strings() }
    }

    @Test func viewsStayInsideTheirStorage() throws {
        let storage = try HeapStorage(byteCount: 16, zeroed: true)
        #expect(try Tensor(.float32, Shape([4]), storage: storage).values(as: Float.self) == [0, 0, 0, 0])
        #expect(try Tensor(.int4, Shape([3]), storage: storage, byteOffset: 14).byteCount == 2)
        for (count, offset) in [(5, 0), (4, 1), (1, 13), (0, 17), (1, -1), (1, Int.max)] {
            #expect(throws: ONNXError.self) {
                try Tensor(.float32, Shape([count]), storage: storage, byteOffset: offset)
            }
        }
        #expect(try Tensor(.float32, Shape([0]), storage: storage, byteOffset: 16).byteCount == 0)
    }

    @Test func integersThatDoNotFit() throws {
        #expect(throws: ONNXError.self) { try Tensor([UInt64.max], shape: [1]).integers() }
        #expect(try Tensor([UInt64(1) << 62], shape: [1]).integers() == [1 << 62])
        #expect(throws: ONNXError.self) { try Tensor([Float(1)], shape: [1]).integers() }
    }

    @Test func strings() throws {
        let tensor = try Tensor(strings: ["a", "é"], shape: [2])
        #expect(try tensor.strings() == ["a", "é"])
        #expect(throws: ONNXError.self) { try Tensor(strings: ["a"], shape: [2]) }
    }

    @Test func mappedFiles() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "onnxlm-" + UUID().uuidString
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        let file = try MappedFile(path: path)
        #expect(Array(file.bytes) == [1, 2, 3])
        let tensor = try Tensor(.uint8, Shape([2]), storage: MappedStorage(file), byteOffset: 1)
        #expect(try tensor.values(as: UInt8.self) == [2, 3])
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(try MappedFile(path: path).byteCount == 0)
        #expect(throws: ONNXError.self) { try MappedFile(path: path + "/nothing") }
        #expect(throws: ONNXError.self) { try MappedFile(path: "/dev/null") }
    }
}
