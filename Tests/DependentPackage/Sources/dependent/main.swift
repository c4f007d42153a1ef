// SPDX-License-Identifier: Apache-2.0
import Generation
import Graph
import Kernels
import ONNXInference
import ONNXLM

let folder = CommandLine.arguments[1]
print("modules of the app: \(appGraph), \(appKernels), \(appGeneration)")

let model = try InferenceModel.load(from: folder)
print("graph: \(model.inputs.count) inputs, \(model.outputs.count) outputs")
print("dependent package: fine")
