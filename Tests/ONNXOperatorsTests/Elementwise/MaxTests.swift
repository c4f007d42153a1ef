// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MaxTests {
    static let cases: [OperatorCase] = [
        .gives("max takes NaN", "Max", [f([1, .nan]), f([2, 3])], f([2, .nan])),
        .gives(
            "three, stretched", "Max", [f([1, 4], [2, 1]), f([2, 3]), scalar(Float(2.5))],
            f([2.5, 3, 4, 4], [2, 2])),
        .gives("one", "Max", [f([1, 2])], f([1, 2])),
        .gives("no elements", "Max", [f([]), f([1])], f([])),
        .throwing("two types", "op.type_mismatch", "Max", [f([1]), i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
