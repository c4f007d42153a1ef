// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct RangeTests {
    static let cases: [OperatorCase] = [
        .throwing("step 0", "op.attr", "Range", [scalar(Int64(0)), scalar(Int64(5)), scalar(Int64(0))]),
        .throwing("NaN", "op.attr", "Range", [scalar(Float.nan), scalar(Float(5)), scalar(Float(1))]),
        .throwing(
            "10^12 steps", "run.budget", "Range",
            [scalar(Int64(0)), scalar(Int64(1_000_000_000_000)), scalar(Int64(1))]),
        .throwing(
            "2^64 apart", "tensor.overflow", "Range",
            [scalar(Int64.min), scalar(Int64.max), scalar(Int64(1))]),
        .gives("down", "Range", [scalar(Int64(5)), scalar(Int64(0)), scalar(Int64(-2))], i64([5, 3, 1])),
        .gives("none", "Range", [scalar(Int64(5)), scalar(Int64(0)), scalar(Int64(1))], i64([])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
