// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

@Suite struct TileTests {
    static let six = f([0, 1, 2, 3, 4, 5], [2, 3])

    static let cases: [OperatorCase] = [
        .throwing("to 2^40", "run.budget", "Tile", [f([1]), i64([1 << 40])]),
        .throwing("beyond 64 bits", "tensor.overflow", "Tile", [f([1, 2]), i64([.max])]),
        .throwing("negative repeats", "op.shape", "Tile", [f([1]), i64([-1])]),
        .gives("no repeats", "Tile", [six, i64([0, 2])], f([], [0, 6])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
