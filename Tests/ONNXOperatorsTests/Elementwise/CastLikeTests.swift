// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct CastLikeTests {
    static let cases: [OperatorCase] = [
        .gives(
            "float to int64", "CastLike", [f([.nan, .infinity, -.infinity, -1.9]), i64([0])],
            i64([0, .max, .min, -1])),
        .gives("int to bool", "CastLike", [i64([0, 5]), t([true])], t([false, true])),
        .gives("no elements", "CastLike", [f([], [0, 2]), i64([1])], i64([], [0, 2])),
        .gives("rank 0", "CastLike", [scalar(Float(2.5)), t([UInt8(1)])], scalar(UInt8(2))),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
