// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct SpaceToDepthTests {
    static let cases: [OperatorCase] = [
        .gives(
            "blocks of two", "SpaceToDepth", ["blocksize": .int(2)],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 4])], f([0, 2, 1, 3, 4, 6, 5, 7], [1, 4, 1, 2])),
        .gives(
            "no batch", "SpaceToDepth", ["blocksize": .int(2)], [f([], [0, 1, 2, 2])], f([], [0, 4, 1, 1])),
        .throwing("height", "op.shape", "SpaceToDepth", ["blocksize": .int(2)], [f([1, 2], [1, 1, 1, 2])]),
        .throwing("rank 0", "op.shape", "SpaceToDepth", ["blocksize": .int(2)], [scalar(Float(1))]),
        .throwing(
            "huge blocksize", "attr.value", "SpaceToDepth", ["blocksize": .int(4_611_686_018_427_387_904)],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 4])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
