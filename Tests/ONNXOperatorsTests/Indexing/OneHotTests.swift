// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct OneHotTests {
    static let cases: [OperatorCase] = [
        .gives(
            "out of range", "OneHot", [i64([0, 7, -1]), scalar(Int64(2)), i64([0, 1])],
            i64([1, 0, 0, 0, 0, 1], [3, 2])),
        .throwing("depth", "op.shape", "OneHot", [i64([0]), scalar(Int64(-1)), i64([0, 1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
