// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGeneration
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// A decoder with states of convolutions and of linear attention beside its caches.
struct StateTests {
    private static let path = Fixtures.models + "/0.18.0-qwen35moe-int4"
    private let ids = (0..<20).map { 7 + $0 * 11 % 120 }

    private func bits(_ decoder: DecoderSession, _ ids: [Int]) throws -> [UInt32] {
        try decoder.append(ids).values(as: Float.self).map(\.bitPattern)
    }

    @Test func aSessionTakesOverStates() throws {
        let model = try LanguageModel(Self.path, LoadOptions(), readsTexts: false)
        let alone = try model.makeDecoder()
        _ = try alone.append(Array(ids[..<12]))
        let expected = try bits(alone, Array(ids[12...]))

        let (source, target) = (try model.makeDecoder(), try model.makeDecoder())
        _ = try source.append(Array(ids[..<12]))
        // What it held before must leave no trace.
        _ = try target.append(Array(ids[..<5]) + [3, 4])
        try target.take(over: source)
        // The one goes another way meanwhile.
        _ = try source.append([9, 9])
        #expect(try bits(target, Array(ids[12...])) == expected)
        #expect(target.tokens == ids)
    }

    /// States cannot go back: everything is read again.
    @Test func goingBackForgetsAll() throws {
        let model = try LanguageModel(Self.path, LoadOptions(), readsTexts: false)
        let decoder = try model.makeDecoder()
        let expected = try bits(decoder, ids)
        decoder.rewind(to: ids.count)
        #expect(decoder.tokens == ids)
        decoder.rewind(to: ids.count - 1)
        #expect(decoder.tokens.isEmpty)
        #expect(try bits(decoder, ids) == expected)
    }

    /// A run that is broken off leaves the states of the tokens before.
    @Test func aCancelledRunChangesNothing() throws {
        let model = try LanguageModel(Self.path, LoadOptions(), readsTexts: false)
        let decoder = try model.makeDecoder()
        _ = try decoder.append(Array(ids[..<12]))
        #expect { try decoder.append(Array(ids[12...]), isCancelled: { true }) } throws: {
            ($0 as? ONNXError)?.code == "run.cancelled"
        }
        let alone = try model.makeDecoder()
        #expect(try bits(decoder, Array(ids[12...])) == (try bits(alone, ids)))
    }
}
