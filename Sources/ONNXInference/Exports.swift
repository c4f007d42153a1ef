// SPDX-License-Identifier: Apache-2.0

/// What a program that runs graphs needs beside ``InferenceModel``: tensors, the types that graphs declare, errors.
///
///     import ONNXInference
///
///     let model = try InferenceModel.load(from: "model.onnx")
///     let outputs = try model.run(["x": Tensor([Float(1), 2], shape: [1, 2])])
///     print(outputs.count)  // 1
@_exported public import ONNXErrors
@_exported public import ONNXGraph
@_exported public import ONNXTensors
