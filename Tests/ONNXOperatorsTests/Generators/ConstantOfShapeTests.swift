// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct ConstantOfShapeTests {
    static let cases: [OperatorCase] = [
        .throwing("2^62 elements", "tensor.overflow", "ConstantOfShape", [i64([1 << 31, 1 << 33])]),
        .throwing("2^40 elements", "run.budget", "ConstantOfShape", [i64([1 << 20, 1 << 20])]),
        .throwing("negative", "tensor.negative_dim", "ConstantOfShape", [i64([-1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
