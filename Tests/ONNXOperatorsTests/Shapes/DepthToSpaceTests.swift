// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct DepthToSpaceTests {
    static let cases: [OperatorCase] = [
        .gives(
            "DCR", "DepthToSpace", ["blocksize": .int(2)], [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2])],
            f([0, 2, 1, 3, 4, 6, 5, 7], [1, 1, 2, 4])),
        .gives(
            "CRD", "DepthToSpace", ["blocksize": .int(2), "mode": .string("CRD")],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2])], f([0, 2, 1, 3, 4, 6, 5, 7], [1, 1, 2, 4])),
        .gives(
            "no batch", "DepthToSpace", ["blocksize": .int(2)], [f([], [0, 4, 1, 1])], f([], [0, 1, 2, 2])),
        .throwing(
            "channels", "op.shape", "DepthToSpace", ["blocksize": .int(2)], [f([1, 2], [1, 2, 1, 1])]),
        .throwing("rank", "op.shape", "DepthToSpace", ["blocksize": .int(2)], [f([1, 2, 3, 4])]),
        .throwing(
            "blocksize 0", "attr.value", "DepthToSpace", ["blocksize": .int(0)],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2])]),
        .throwing(
            "huge blocksize", "attr.value", "DepthToSpace", ["blocksize": .int(4_611_686_018_427_387_904)],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2])]),
        .throwing(
            "mode", "attr.value", "DepthToSpace", ["blocksize": .int(2), "mode": .string("X")],
            [f([0, 1, 2, 3, 4, 5, 6, 7], [1, 4, 1, 2])]),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
