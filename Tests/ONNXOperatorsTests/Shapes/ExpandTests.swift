// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ExpandTests {
    static let cases: [OperatorCase] = [
        .throwing("to 2^40", "run.budget", "Expand", [f([1]), i64([1 << 40])]),
        .throwing("negative", "tensor.negative_dim", "Expand", [f([1]), i64([-1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
