// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import ONNXTestSupport
import Testing

@Suite struct HammingWindowTests {
    static let cases: [OperatorCase] = [
        .near(
            "periodic", "HammingWindow", [scalar(Int64(5))],
            f([0.08695652, 0.4024053, 0.9128121, 0.9128121, 0.40240523])),
        .near(
            "symmetric", "HammingWindow", ["periodic": .int(0)],
            [scalar(Int64(4))], f([0.08695652, 0.7717391, 0.7717391, 0.08695652])),
        .near("of nothing", "HammingWindow", [scalar(Int64(0))], f([])),
        .near(
            "of one, symmetric", "HammingWindow", ["periodic": .int(0)], [scalar(Int32(1))], f([.nan])),
        .throwing("negative", "tensor.negative_dim", "HammingWindow", [scalar(Int64(-1))]),
        .throwing("enormous", "run.budget", "HammingWindow", [scalar(Int64(1_099_511_627_776))]),
        .throwing(
            "type", "tensor.dtype_unsupported", "HammingWindow", ["output_datatype": .int(9)],
            [scalar(Int64(3))]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }

    /// Longer than what is computed at once: the angles of a half and of three quarters of a turn.
    @Test func partsJoin() throws {
        let window = try OperatorEvaluator.run("HammingWindow", inputs: [scalar(Int64(262_144))])[0]
        let values = try window.values(as: Float.self)
        let (middle, sides) = (Float(25.0 / 46 + 21.0 / 46), Float(25.0 / 46))
        #expect(abs(values[131_072] - middle) < OperatorCase.functionNearness)
        #expect(abs(values[65_536] - sides) < OperatorCase.functionNearness)
        #expect(abs(values[196_608] - sides) < OperatorCase.functionNearness)
    }
}
