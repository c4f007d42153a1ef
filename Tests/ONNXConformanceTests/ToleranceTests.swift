// SPDX-License-Identifier: Apache-2.0
import ONNXConformance
import ONNXErrors
import ONNXTensors
import ONNXTestSupport
import Testing

struct ToleranceTests {
    @Test func comparesAsNumpyDoes() throws {
        let tolerance = Tolerance(relative: 0.1, absolute: 0.01)
        let expected = try Tensor([Float(1), .nan, .infinity, 0], shape: [4])
        #expect(
            try tolerance.difference(Tensor([Float(1.1), .nan, .infinity, 0.01], shape: [4]), expected) == nil
        )
        for wrong in [
            [Float(1.2), .nan, .infinity, 0], [1, 0, .infinity, 0], [1, .nan, -.infinity, 0],
            [1, .nan, 9, 0],
        ] {
            #expect(try tolerance.difference(Tensor(wrong, shape: [4]), expected) != nil)
        }
        #expect(try tolerance.difference(Tensor([Float(1)], shape: [1]), expected) != nil)
        #expect(
            try tolerance.difference(Tensor([Double(1), .nan, .infinity, 0], shape: [4]), expected) != nil)
    }

    @Test func aFolderWithoutCasesIsAnError() {
        #expect { try ConformanceCase.find(in: [Fixtures.folder + "/unicode"]) } throws: {
            ($0 as? ONNXError)?.code == "model.not_found"
        }
    }

    @Test func everyContribCaseAgreesWithOnnxruntime() throws {
        let runner = ConformanceRunner()
        let cases = try ConformanceCase.find(in: [Fixtures.folder + "/contrib"])
        #expect(cases.count >= 160)
        for testCase in cases { #expect(runner.run(testCase) == .passed, "\(testCase.name)") }
    }
}
