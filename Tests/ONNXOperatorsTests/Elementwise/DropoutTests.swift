// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DropoutTests {
    static let cases: [OperatorCase] = [
        .gives("gives its input", "Dropout", [f([1, .nan, -3])], f([1, .nan, -3])),
        .gives("no training", "Dropout", [f([1, 2]), scalar(Float(0.9)), scalar(false)], f([1, 2])),
        .gives("ratio 0 in training", "Dropout", [f([1, 2]), scalar(Float(0)), scalar(true)], f([1, 2])),
        .gives("no elements", "Dropout", [f([], [0, 2])], f([], [0, 2])),
        .throwing("ratio 1", "op.attr", "Dropout", [f([1]), scalar(Float(1)), scalar(true)]),
        .throwing("ratio NaN", "op.attr", "Dropout", [f([1]), scalar(Float.nan), scalar(true)]),
        .throwing("integers", "tensor.dtype_unsupported", "Dropout", [i64([1])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
