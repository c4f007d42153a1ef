// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct GemmTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("ranks", "op.shape", "Gemm", [f([1]), six]),
        .throwing("bias", "op.broadcast", "Gemm", [six, f([1, 2, 3], [3, 1]), f([1, 2, 3])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
