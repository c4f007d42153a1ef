// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import Testing

/// Tensors of float16 and bfloat16 from numbers and back; bits from numpy and ml_dtypes.
struct HalfPrecisionTests {
    static let cases: [(value: Float, float16: UInt16, bfloat16: UInt16)] = [
        (0, 0x0000, 0x0000), (-0.0, 0x8000, 0x8000), (1, 0x3C00, 0x3F80), (-2, 0xC000, 0xC000),
        (0.1, 0x2E66, 0x3DCD), (65504, 0x7BFF, 0x4780), (65519, 0x7BFF, 0x4780), (65520, 0x7C00, 0x4780),
        (-1e30, 0xFC00, 0xF14A), (.infinity, 0x7C00, 0x7F80), (0x1p-14, 0x0400, 0x3880),
        (0x1p-24, 0x0001, 0x3380), (0x1p-25, 0x0000, 0x3300), (0x1.8p-24, 0x0002, 0x33C0),
        (0x1.ffcp-15, 0x0400, 0x3880), (1.00048828125, 0x3C00, 0x3F80), (1.00146484375, 0x3C02, 0x3F80),
    ]

    @Test(arguments: cases) func numbersAreRounded(value: Float, float16: UInt16, bfloat16: UInt16) throws {
        for (type, bits) in [(ElementType.float16, float16), (.bfloat16, bfloat16)] {
            let tensor = try Tensor([value], roundedTo: type, shape: [1])
            #expect(tensor.elementType == type)
            let stored = tensor.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
            #expect(stored == bits, "\(value) \(type): \(String(stored, radix: 16))")
            // What comes back is rounded to the same bits again, and near.
            let back = try tensor.floatValues()[0]
            #expect(
                try Tensor([back], roundedTo: type, shape: [1]).floatValues()[0].bitPattern == back.bitPattern
            )
            let step: Float = type == .float16 ? 0x1p-11 : 0x1p-8
            if back.isFinite, abs(value) >= 0x1p-14 { #expect(abs(back - value) <= abs(value) * step) }
        }
    }

    @Test func notANumberStaysOne() throws {
        for type in [ElementType.float16, .bfloat16, .float32] {
            #expect(try Tensor([.nan], roundedTo: type, shape: []).floatValues()[0].isNaN)
        }
    }

    @Test func otherTypesAreRefused() throws {
        #expect(throws: ONNXError.self) { try Tensor([1], roundedTo: .int8, shape: [1]) }
        #expect(throws: ONNXError.self) { try Tensor([Int64(1)], shape: [1]).floatValues() }
    }
}
