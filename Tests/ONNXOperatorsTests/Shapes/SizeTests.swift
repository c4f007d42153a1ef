// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SizeTests {
    static let cases: [OperatorCase] = [
        .gives("of a matrix", "Size", [f([0, 1, 2, 3, 4, 5], [2, 3])], scalar(Int64(6))),
        .gives("of a scalar", "Size", [scalar(Float(1))], scalar(Int64(1))),
        .gives("of nothing", "Size", [f([], [0, 3])], scalar(Int64(0))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
