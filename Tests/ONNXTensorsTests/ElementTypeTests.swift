// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import Testing

struct ElementTypeTests {
    @Test(arguments: 0...257) func packedSizes(count: Int) throws {
        #expect(try ElementType.int4.byteCount(forElements: count) == count / 2 + count % 2)
        #expect(try ElementType.uint2.byteCount(forElements: count) == (count + 3) / 4)
        #expect(try ElementType.bool.byteCount(forElements: count) == count)
        #expect(try ElementType.bfloat16.byteCount(forElements: count) == 2 * count)
        #expect(try ElementType.complex128.byteCount(forElements: count) == 16 * count)
        #expect(try ElementType.string.byteCount(forElements: count) == 0)
    }

    @Test func sizesThatDoNotFit() {
        for type in [ElementType.float32, .int8, .int4] {
            #expect(throws: ONNXError.self) { try type.byteCount(forElements: .max) }
            #expect(throws: ONNXError.self) { try type.byteCount(forElements: -1) }
        }
    }

    @Test(arguments: ElementType.allCases) func alignmentsArePowersOfTwo(type: ElementType) {
        #expect([1, 2, 4, 8].contains(type.alignment))
        #expect(!"\(type)".isEmpty)
    }
}
