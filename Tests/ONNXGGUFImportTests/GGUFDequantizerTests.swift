// SPDX-License-Identifier: Apache-2.0
import Foundation
import ONNXGGUFImport
import Testing

@Suite struct GGUFDequantizerTests {
    /// Rows that `Tests/Fixtures/scripts/make_gguf_rows.py` made with gguf-py.
    @Test(arguments: GGUFTensorType.allCases) func agreesWithPython(type: GGUFTensorType) throws {
        let name = GGUFTensorType.name(of: type.rawValue)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/gguf")
        let raw = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).raw")))
        let expected = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).f32")))
        let count = expected.count / 4
        #expect(raw.count == count / type.blockLength * type.blockByteCount)
        var actual = [Float](repeating: .nan, count: count)
        raw.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            actual.withUnsafeMutableBufferPointer { target in
                guard let base = target.baseAddress else { return }
                GGUFDequantizer.decode(type, start, count: count, into: base)
            }
        }
        let wanted = expected.withUnsafeBytes { bytes in
            (0..<count).map {
                Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
            }
        }
        for index in 0..<count {
            #expect(actual[index] == wanted[index], "\(name) element \(index)")
        }
    }

    @Test(
        arguments: [
            (0x0000, 0), (0x3c00, 1), (0xc000, -2), (0x7bff, 65504), (0x0001, 0x1p-24), (0x03ff, 0x1.ff8p-15),
            (0x0400, 0x1p-14), (0x7c00, Float.infinity), (0xfc00, -Float.infinity),
        ] as [(UInt16, Float)]) func widens(bits: UInt16, value: Float)
    {
        #expect(GGUFDequantizer.widen(bits) == value)
    }

    @Test func widensNotANumber() { #expect(GGUFDequantizer.widen(0x7e00).isNaN) }
}
