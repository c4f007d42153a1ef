// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SumTests {
    static let cases: [OperatorCase] = [
        .gives(
            "three, stretched", "Sum", [f([1, 4], [2, 1]), f([2, 3]), scalar(Float(2.5))],
            f([5.5, 6.5, 8.5, 9.5], [2, 2])),
        .gives("one", "Sum", [f([1, 2])], f([1, 2])),
        .gives("no elements", "Sum", [f([]), f([1])], f([])),
        .throwing("two types", "op.type_mismatch", "Sum", [f([1]), i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
