// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ArgMaxTests {
    static let cases: [OperatorCase] = [
        .gives("not a number", "ArgMax", [f([1, .nan, 3])], i64([1])),
        .throwing("of nothing", "op.shape", "ArgMax", [f([], [0])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
