// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct MeanTests {
    static let cases: [OperatorCase] = [
        .near(
            "three, stretched", "Mean", [f([1, 4], [2, 1]), f([2, 3]), scalar(Float(2.5))],
            f([1.8333334, 2.1666667, 2.8333335, 3.1666667], [2, 2])),
        .gives("one", "Mean", [f([1, 2])], f([1, 2])),
        .gives("no elements", "Mean", [f([]), f([1])], f([])),
        .throwing("two types", "op.type_mismatch", "Mean", [f([1]), i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
