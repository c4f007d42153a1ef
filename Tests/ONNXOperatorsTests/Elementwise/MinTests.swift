// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MinTests {
    static let cases: [OperatorCase] = [
        .gives(
            "three, stretched", "Min", [f([1, 4], [2, 1]), f([2, 3]), scalar(Float(2.5))],
            f([1, 1, 2, 2.5], [2, 2])),
        .gives("one", "Min", [f([1, 2])], f([1, 2])),
        .gives("no elements", "Min", [f([]), f([1])], f([])),
        .throwing("two types", "op.type_mismatch", "Min", [f([1]), i64([1])]),
        .gives("takes NaN", "Min", [f([1, .nan]), f([2, 3])], f([1, .nan])),
        .gives("integers", "Min", [i64([.min, 5]), i64([0, .max])], i64([.min, 5])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
