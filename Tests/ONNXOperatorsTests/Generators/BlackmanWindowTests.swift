// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct BlackmanWindowTests {
    static let cases: [OperatorCase] = [
        .near(
            "periodic", "BlackmanWindow", [scalar(Int64(5))],
            f([0, 0.20077014, 0.8492299, 0.8492299, 0.20077014])),
        .near(
            "symmetric", "BlackmanWindow", ["periodic": .int(0)],
            [scalar(Int64(4))], f([0, 0.63, 0.63, 0])),
        .near("of nothing", "BlackmanWindow", [scalar(Int64(0))], f([])),
        .near("of one, symmetric", "BlackmanWindow", ["periodic": .int(0)], [scalar(Int32(1))], f([.nan])),
        .throwing("negative", "tensor.negative_dim", "BlackmanWindow", [scalar(Int64(-1))]),
        .throwing("enormous", "run.budget", "BlackmanWindow", [scalar(Int64(1_099_511_627_776))]),
        .throwing(
            "type", "tensor.dtype_unsupported", "BlackmanWindow", ["output_datatype": .int(9)],
            [scalar(Int64(3))]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
