// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import Testing

struct ShapeTests {
    private func code(_ dimensions: [Int]) -> ONNXError.Code? {
        do throws(ONNXError) {
            _ = try Shape(dimensions)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func countsElements() throws {
        #expect(try Shape([2, 3, 4]).elementCount == 24)
        #expect(try Shape([]).elementCount == 1)
        #expect(try Shape([0, 1 << 16, 1 << 16]).elementCount == 0)
        #expect(try Shape([1 << 62, 1]).elementCount == 1 << 62)
    }

    @Test func refusesWhatDoesNotFit() {
        #expect(code([-1]) == "tensor.negative_dim")
        #expect(code([0, -1]) == "tensor.negative_dim")
        #expect(code([.min]) == "tensor.negative_dim")
        #expect(code([1 << 32, 1 << 31]) == "tensor.overflow")
        #expect(code([0, 1 << 16, 1 << 17]) == "tensor.overflow")
        #expect(code([1 << 62, 0]) == "tensor.overflow")
        #expect(code([1 << 62, 0, 1 << 62]) == "tensor.overflow")
        #expect(code([Int](repeating: 1, count: 64)) == nil)
        #expect(code([Int](repeating: 1, count: 65)) == "tensor.rank")
    }

    @Test func axesCountFromEitherEnd() throws {
        let shape = try Shape([4, 5])
        #expect(try shape.normalizedAxis(-2) == 0)
        #expect(try shape.normalizedAxis(1) == 1)
        #expect(throws: ONNXError.self) { try shape.normalizedAxis(2) }
        #expect(throws: ONNXError.self) { try shape.normalizedAxis(-3) }
        #expect(shape.product(0..<2) == 20)
        #expect(shape.product(1..<1) == 1)
    }
}
