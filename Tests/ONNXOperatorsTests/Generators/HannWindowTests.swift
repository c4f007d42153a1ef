// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct HannWindowTests {
    static let cases: [OperatorCase] = [
        .near(
            "periodic", "HannWindow", [scalar(Int64(5))],
            f([0, 0.34549153, 0.90450853, 0.9045085, 0.34549144])),
        .near(
            "symmetric", "HannWindow", ["periodic": .int(0)],
            [scalar(Int64(4))], f([0, 0.75, 0.75, 1.4997598e-32])),
        .near("of nothing", "HannWindow", [scalar(Int64(0))], f([])),
        .near("of one, symmetric", "HannWindow", ["periodic": .int(0)], [scalar(Int32(1))], f([.nan])),
        .throwing("negative", "tensor.negative_dim", "HannWindow", [scalar(Int64(-1))]),
        .throwing("enormous", "run.budget", "HannWindow", [scalar(Int64(1_099_511_627_776))]),
        .throwing(
            "type", "tensor.dtype_unsupported", "HannWindow", ["output_datatype": .int(9)], [scalar(Int64(3))]
        ),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
