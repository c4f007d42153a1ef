// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ContributedGeluTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "Gelu", domain: microsoft, [f([-3, -0.5, 0, 0.25, 1, 4], [2, 3])],
            f([-0.0040496886, -0.15426877, 0, 0.14967658, 0.8413447, 3.9998732], [2, 3])),
        .near("no elements", "Gelu", domain: microsoft, [f([], [0, 2])], f([], [0, 2])),
        .throwing("integers", "tensor.dtype_unsupported", "Gelu", domain: microsoft, [i64([1])]),
        .near("rank 0", "Gelu", domain: microsoft, [scalar(Float(1))], scalar(Float(0.8413447))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
