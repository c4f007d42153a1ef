// SPDX-License-Identifier: Apache-2.0
import ONNXJSON
import ONNXTestSupport
import ONNXTokenization
import Testing

/// The random strings of the parity tests; `Tests/Fixtures/tokenizers/corpus.py` makes the same ones.
struct ParityCorpus {
    static let blockSize = 50
    private static let letters = Array("abcXYZ'\u{4E2D}\u{301}sSlLtT1 \n\u{2581}\u{200D}".unicodeScalars)

    private let words: [[UInt8]]
    private let spaces: [[UInt8]]
    private let marks: [[UInt8]]
    private let mixed: [[UInt8]]
    private let scripts: [ClosedRange<Int>]
    private let categories: [[ClosedRange<Int>]]
    private let names: [String]

    /// - Parameter names: how the added tokens are spelled, by id.
    init(names: [String]) throws {
        let path = GeneratedFixtures.fixturesFolder + "/tokenizers/corpus-pools.json"
        let bytes = try FileBytes.read(path, byteLimit: 1 << 20)
        let pools = try bytes.withUnsafeBytes { try JSONValue.parse($0) }
        func texts(_ name: String) throws -> [[UInt8]] {
            try #require(pools[name]?.arrayValue).map { Array(try #require($0.stringValue).utf8) }
        }
        func ranges(_ value: JSONValue) throws -> [ClosedRange<Int>] {
            try #require(value.arrayValue).map { pair in
                try #require(pair[0]?.intValue)...(try #require(pair[1]?.intValue))
            }
        }
        words = try texts("words")
        spaces = try texts("spaces")
        marks = try texts("marks")
        mixed = words + spaces + marks
        scripts = try ranges(try #require(pools["scripts"]))
        let named = try #require(pools["categories"]?.objectValue)
        categories = try named.keys.sorted().map { try ranges(try #require(named[$0])) }
        self.names = names
    }

    /// As the script draws them.
    struct Chance {
        private var generator: SeededGenerator

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func below(_ bound: Int) -> Int { Int(generator.next() >> 33) % bound }
    }

    /// The strings of a block, as bytes that need not be UTF-8.
    func block(_ number: Int) -> [[UInt8]] {
        var chance = Chance(seed: UInt64(number) &* 0xD134_2543_DE82_EF95 &+ 1)
        return (0..<Self.blockSize).map { _ in
            let isSpaced = chance.below(2) == 1
            var text: [UInt8] = []
            for place in 0..<1 + chance.below(13) {
                if place > 0, isSpaced { text.append(0x20) }
                text += piece(&chance)
            }
            return text
        }
    }

    /// Ids to decode, for one string in three; nil where the string's own ids are decoded.
    static func randomIDs(_ number: Int, _ index: Int, bound: Int) -> [Int]? {
        guard index % 3 == 0 else { return nil }
        var chance = Chance(seed: UInt64(number * blockSize + index) &* 0xAF25_1AF3_B0F0_25B5 &+ 2)
        return (0..<1 + chance.below(11)).map { _ in chance.below(bound) }
    }

    private func piece(_ chance: inout Chance) -> [UInt8] {
        switch chance.below(100) {
        case ..<34: return words[chance.below(words.count)]
        case ..<54: return spaces[chance.below(spaces.count)]
        case ..<63: return marks[chance.below(marks.count)]
        case ..<71: return character(&chance)
        case ..<79:
            let script = scripts[chance.below(scripts.count)]
            return (0..<1 + chance.below(6)).flatMap { _ in
                Self.encoded(script.lowerBound + chance.below(script.count))
            }
        case ..<85: return Array(name(chance.below(1 << 30)).utf8)
        case ..<87:
            let name = Array(name(chance.below(1 << 30)).unicodeScalars)
            let cut = chance.below(1 << 30)
            return name.isEmpty ? [] : name[...(cut % name.count)].flatMap { Self.encoded(Int($0.value)) }
        case ..<90:
            let part = mixed[chance.below(mixed.count)]
            return (0..<2 + chance.below(40)).flatMap { _ in part }
        case ..<95:
            return (0..<1 + chance.below(12)).flatMap { _ in
                Self.encoded(Int(Self.letters[chance.below(Self.letters.count)].value))
            }
        case ..<98: return (0..<1 + chance.below(4)).map { _ in UInt8(0x80 + chance.below(0x80)) }
        default:
            let whole = character(&chance)
            return Array(whole[...chance.below(whole.count)])
        }
    }

    private func name(_ choice: Int) -> String { names.isEmpty ? "" : names[choice % names.count] }

    private func character(_ chance: inout Chance) -> [UInt8] {
        let ranges = categories[chance.below(categories.count)]
        var place = chance.below(ranges.reduce(0) { $0 + $1.count })
        for range in ranges {
            if place < range.count { return Self.encoded(range.lowerBound + place) }
            place -= range.count
        }
        return []
    }

    private static func encoded(_ point: Int) -> [UInt8] {
        Unicode.Scalar(UInt32(point)).flatMap { UTF8.encode($0) }.map { Array($0) } ?? []
    }
}
