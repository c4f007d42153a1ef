// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import Testing

@Suite struct MultiplierTests {
    @Test(arguments: Multiplier.allCases) func countsWhatItDoes(_ multiplier: Multiplier) {
        for kernels in TestKernels.sets {
            let once = multiplier.run(rounds: 1, kernels: kernels)
            #expect(once > 0)
            for rounds in [0, 2, 1000] {
                #expect(multiplier.run(rounds: rounds, kernels: kernels) == rounds * once, "\(kernels.level)")
            }
        }
    }
}
