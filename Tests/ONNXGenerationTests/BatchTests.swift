// SPDX-License-Identifier: Apache-2.0
import ONNXGeneration
import ONNXGraph
import ONNXInference
import ONNXTensors
import ONNXTestSupport
import Testing

/// Decoder graphs run by name, as any graph: two sequences at once, caches as tensors, a step after a prompt.
struct BatchTests {
    /// Graphs that take whole sequences and caches that follow from the length.
    static let folders = ModelOracleTests.folders.filter {
        (try? ModelOracle(folder: $0))?.hasFixedBuffers != true && !ModelTolerance.quantizesRowsTogether($0)
    }

    @Test(arguments: folders) func rowsOfABatchAreThoseOfTheOracle(folder: String) throws {
        let oracle = try ModelOracle(folder: folder)
        let testCase = try #require(oracle.cases.first { $0.name == "prefill" })
        let model = try InferenceModel.load(from: oracle.path + "/model.onnx")
        let session = try InferenceSession(model)
        let headSize = try ModelFolder(oracle.path).generation.headSize ?? 0
        let ids = testCase.ids
        // Another text beside it, which must leave no trace in the first.
        let other = Array(ids.reversed())
        let whole = try session.run(
            Self.inputs(model, [ids, other], past: 0, caches: [:], headSize: headSize))
        let logits = try #require(whole["logits"])
        try Self.compare(logits, row: 0, testCase, oracle, folder)

        let alone = try session.run(Self.inputs(model, [other], past: 0, caches: [:], headSize: headSize))
        let expected = try Self.rows(try #require(alone["logits"]), row: 0)
        let tolerance = ModelTolerance.of(folder) * oracle.deviation
        #expect(Self.largestDifference(try Self.rows(logits, row: 1), expected) <= tolerance, "\(folder)")

        // The last token after the others, with the caches that the graph gives.
        let caches = model.inputs.map(\.name).filter { $0.hasPrefix("past") }
        guard !caches.isEmpty, !ModelTolerance.isPruned(folder) else { return }
        let first = try session.run(
            Self.inputs(
                model, [Array(ids.dropLast()), Array(other.dropLast())], past: 0, caches: [:],
                headSize: headSize))
        var given: [String: Tensor] = [:]
        for name in caches {
            given[name] = first["present" + name.drop { $0 != "." }]
        }
        let last = try session.run(
            Self.inputs(
                model, [[ids[ids.count - 1]], [other[ids.count - 1]]], past: ids.count - 1, caches: given,
                headSize: headSize))
        let row = try Self.rows(try #require(last["logits"]), row: 0)
        #expect(
            Self.largestDifference(row, [testCase.rows[testCase.rows.count - 1]]) <= tolerance, "\(folder)")
    }

    private static func inputs(
        _ model: InferenceModel, _ rows: [[Int]], past: Int, caches: [String: Tensor], headSize: Int
    ) throws -> [String: Tensor] {
        let batch = rows.count
        let length = rows[0].count
        var result = caches
        for input in model.inputs {
            guard case .tensor(let type, let dimensions?)? = input.type, result[input.name] == nil else {
                continue
            }
            switch input.name {
            case "input_ids":
                result[input.name] = try Tensor(rows.flatMap { $0.map(Int64.init) }, shape: [batch, length])
            case "attention_mask":
                result[input.name] = try Tensor(
                    [Int64](repeating: 1, count: batch * (past + length)), shape: [batch, past + length])
            case "position_ids":
                let row = (past..<past + length).map(Int64.init)
                let axes = dimensions.count == 3 ? [3] : []
                result[input.name] = try Tensor(
                    (0..<batch * (axes.first ?? 1)).flatMap { _ in row }, shape: axes + [batch, length])
            default:
                // States begin with zeros and caches with nothing; some graphs leave the size of a head open.
                let lengths = dimensions.dropFirst().map { dimension -> Int? in
                    if case .fixed(let length) = dimension { length } else { nil }
                }
                if lengths.allSatisfy({ $0 != nil }) {
                    result[input.name] = try Tensor(
                        allocating: type, Shape([batch] + lengths.compactMap { $0 }), zeroed: true)
                } else if dimensions.count == 4, let heads = lengths[0] {
                    result[input.name] = try Tensor(
                        allocating: type, Shape([batch, heads, 0, lengths[2] ?? headSize]))
                }
            }
        }
        return result
    }

    private static func compare(
        _ logits: Tensor, row: Int, _ testCase: ModelOracle.Case, _ oracle: ModelOracle, _ folder: String
    ) throws {
        let difference = largestDifference(
            try rows(logits, row: row).suffix(testCase.rows.count), testCase.rows[...])
        #expect(difference <= ModelTolerance.of(folder) * oracle.deviation, "\(folder): \(difference)")
    }

    private static func rows(_ logits: Tensor, row: Int) throws -> [[Float]] {
        let values = try logits.floatValues()
        let (length, width) = (logits.shape[1], logits.shape[2])
        return (0..<length).map { position in
            let start = (row * length + position) * width
            return Array(values[start..<start + width])
        }
    }

    private static func largestDifference(
        _ left: some Collection<[Float]>, _ right: some Collection<[Float]>
    ) -> Float {
        guard left.count == right.count else { return .infinity }
        return zip(left, right).reduce(0) { largest, pair in
            zip(pair.0, pair.1).reduce(largest) {
                max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1))
            }
        }
    }
}
