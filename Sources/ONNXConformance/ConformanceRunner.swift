// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXImport
package import ONNXInference
package import ONNXTensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs test cases and compares what they compute.
package struct ConformanceRunner: Sendable {
    /// What became of a case.
    package enum Verdict: Sendable, Hashable {
        case passed
        case failed(String)
    }

    package var loadOptions: LoadOptions
    /// Replaces the tolerance of every case.
    package var relative: Double?
    package var absolute: Double?

    /// Called with every computed output: case, data set, output number, tensor.
    package var onOutput: (@Sendable (ConformanceCase, String, Int, Tensor) throws(ONNXError) -> Void)?

    package init(loadOptions: LoadOptions = LoadOptions()) { self.loadOptions = loadOptions }

    /// Loads the case's model and runs all its data sets.
    package func run(_ testCase: ConformanceCase) -> Verdict {
        do throws(ONNXError) {
            var tolerance = try testCase.tolerance(.standard)
            tolerance.relative = relative ?? tolerance.relative
            tolerance.absolute = absolute ?? tolerance.absolute
            let model = try InferenceModel.load(from: testCase.path + "/model.onnx", options: loadOptions)
            let dataSets = testCase.dataSets
            guard !dataSets.isEmpty else { return .failed("the case has no test_data_set folder") }
            for dataSet in dataSets {
                if let reason = try run(testCase, dataSet, model, tolerance) {
                    return .failed(dataSets.count > 1 ? "\(dataSet): \(reason)" : reason)
                }
            }
            return .passed
        } catch {
            return .failed(error.description.replacing("\n", with: " "))
        }
    }

    private func run(
        _ testCase: ConformanceCase, _ dataSet: String, _ model: InferenceModel, _ tolerance: Tolerance
    ) throws(ONNXError) -> String? {
        let folder = testCase.path + "/" + dataSet
        var inputs: [String: Tensor] = [:]
        for (index, info) in model.inputs.enumerated() {
            let file = "\(folder)/input_\(index).pb"
            guard access(file, F_OK) == 0 else { continue }
            let tensor = try TensorFile.load(path: file)
            inputs[info.name] = tensor
        }
        let outputs = try model.run(inputs)
        var reason: String?
        for (index, info) in model.outputs.enumerated() {
            guard let computed = outputs[info.name] else { return "output \"\(info.name)\" was not computed" }
            try onOutput?(testCase, dataSet, index, computed)
            let file = "\(folder)/output_\(index).pb"
            guard access(file, F_OK) == 0 else { continue }
            if let difference = try tolerance.difference(computed, TensorFile.load(path: file)) {
                reason = reason ?? "output \(index) \"\(info.name)\": \(difference)"
            }
        }
        return reason
    }
}
