// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SwiGLUTests {
    static let cases: [OperatorCase] = [
        .near(
            "numbers", "SwiGLU", version: 28, [f([-2, 0.5, 1, 30], [2, 2]), f([3, 4, -1, 0.5], [2, 2])],
            f([-0.7152176, 1.2449187, -0.7310586, 15], [2, 2])),
        .near(
            "alpha", "SwiGLU", version: 28, ["alpha": .float(1.702)],
            [f([-2, 0.5, 1, 30], [2, 2]), f([3, 4, -1, 0.5], [2, 2])],
            f([-0.19302413, 1.4015538, -0.8457958, 15], [2, 2])),
        .near("no elements", "SwiGLU", version: 28, [f([], [0, 2]), f([], [0, 2])], f([], [0, 2])),
        .near(
            "rank 0", "SwiGLU", version: 28, [scalar(Float(1)), scalar(Float(2))], scalar(Float(1.4621172))),
        .throwing("shapes differ", "op.shape", "SwiGLU", version: 28, [f([1, 2]), f([1])]),
        .throwing("types differ", "op.type_mismatch", "SwiGLU", version: 28, [f([1]), t([Double(1)])]),
        .throwing("before its version", "op.version", "SwiGLU", version: 27, [f([1]), f([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
