// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXTensors
import ONNXTestSupport
import Testing

@Suite struct ScanTests {
    private static let body = Graph(
        inputs: ["s", "x"].map { ValueInfo(name: $0, type: nil) },
        outputs: ["s2", "y"].map { ValueInfo(name: $0, type: .tensor(.int64, [.fixed(2)])) })

    /// Running sums: the body adds a slice to the state and shows the sum.
    private static func run(
        _ attributes: [String: Attribute], _ inputs: [Tensor], loopStepLimit: Int = 100
    ) throws -> [Tensor] {
        var all: [String: Attribute] = ["body": .graph(body), "num_scan_inputs": .int(1)]
        for (name, value) in attributes { all[name] = value }
        return try OperatorEvaluator.run(
            "Scan", all, inputs: inputs, outputCount: 2, loopStepLimit: loopStepLimit,
            bodies: [
                "body": { (values: [Tensor]) throws(ONNXError) in
                    let (state, slice) = (try values[0].integers(), try values[1].integers())
                    let sums = i64(zip(state, slice).map { Int64($0 + $1) })
                    return [sums, sums]
                }
            ])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let attributes: [String: Attribute]
        let slices: Tensor
        let state: [Int]
        let stacked: [Int]
        let shape: [Int]
    }

    static let rows = [
        Row(
            testDescription: "rows", attributes: [:], slices: i64([1, 2, 3, 4, 5, 6], [3, 2]),
            state: [9, 12], stacked: [1, 2, 4, 6, 9, 12], shape: [3, 2]),
        Row(
            testDescription: "from the end", attributes: ["scan_input_directions": .ints([1])],
            slices: i64([1, 2, 3, 4, 5, 6], [3, 2]), state: [9, 12], stacked: [5, 6, 8, 10, 9, 12],
            shape: [3, 2]),
        Row(
            testDescription: "stacked towards the front", attributes: ["scan_output_directions": .ints([1])],
            slices: i64([1, 2, 3, 4, 5, 6], [3, 2]), state: [9, 12], stacked: [9, 12, 4, 6, 1, 2],
            shape: [3, 2]),
        Row(
            testDescription: "columns to columns",
            attributes: ["scan_input_axes": .ints([-1]), "scan_output_axes": .ints([1])],
            slices: i64([1, 3, 5, 2, 4, 6], [2, 3]), state: [9, 12], stacked: [1, 4, 9, 2, 6, 12],
            shape: [2, 3]),
        Row(
            testDescription: "no slices", attributes: [:], slices: i64([], [0, 2]), state: [0, 0],
            stacked: [], shape: [0, 2]),
    ]

    @Test(arguments: rows) func carriesAndStacks(_ row: Row) throws {
        let outputs = try Self.run(row.attributes, [i64([0, 0]), row.slices])
        #expect(try outputs[0].integers() == row.state)
        #expect(try outputs[1].integers() == row.stacked)
        #expect(outputs[1].shape.dimensions == row.shape)
    }

    @Test func theLimitOfStepsIsMet() {
        let error = #expect(throws: ONNXError.self) {
            try Self.run([:], [i64([0, 0]), i64([1, 2, 3, 4], [2, 2])], loopStepLimit: 1)
        }
        #expect(error?.code == "run.steps")
    }

    private static let whole: [String: Attribute] = ["body": .graph(body), "num_scan_inputs": .int(1)]

    static let refusals: [OperatorCase] = [
        .throwing("a scalar", "op.axis", "Scan", whole, [i64([0]), scalar(Int64(1))], outputs: 2),
        .throwing(
            "axis", "op.axis", "Scan", whole.merging(["scan_input_axes": .ints([2])]) { $1 },
            [i64([0]), i64([1], [1, 1])], outputs: 2),
        .throwing(
            "axes of two", "attr.value", "Scan", whole.merging(["scan_input_axes": .ints([0, 0])]) { $1 },
            [i64([0]), i64([1])], outputs: 2),
        .throwing(
            "direction", "attr.value", "Scan", whole.merging(["scan_input_directions": .ints([2])]) { $1 },
            [i64([0]), i64([1])], outputs: 2),
        .throwing(
            "more scanned inputs than inputs", "attr.value", "Scan",
            whole.merging(["num_scan_inputs": .int(3)]) { $1 }, [i64([0]), i64([1])], outputs: 2),
        .throwing("outputs", "scan.mismatch", "Scan", whole, [i64([0]), i64([1])]),
        .throwing(
            "numbers of slices", "op.shape", "Scan",
            whole.merging(["num_scan_inputs": .int(2)]) { $1 }, [i64([0]), i64([1, 2])], outputs: 2),
        .throwing("no body", "attr.missing", "Scan", ["num_scan_inputs": .int(1)], [i64([1])]),
    ]

    @Test(arguments: refusals) func refuses(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
