// SPDX-License-Identifier: Apache-2.0
import ONNXInference

// Any graph, such as an encoder that makes embeddings: inputs by name in, outputs by name out.
let path = CommandLine.arguments.dropFirst().first ?? "model.onnx"
let model = try InferenceModel.load(from: path)
for input in model.inputs { print("input \(input.name)") }
let ids = try Tensor([Int64(101), 7592, 102], shape: [1, 3])
let ones = try Tensor([Int64](repeating: 1, count: 3), shape: [1, 3])
let named = ["input_ids": ids, "attention_mask": ones, "token_type_ids": ones]
let wanted = Set(model.inputs.map(\.name))
let outputs = try model.run(named.filter { wanted.contains($0.key) })
for (name, tensor) in outputs.sorted(by: { $0.key < $1.key }) {
    print("\(name): \(tensor.shape.dimensions) of \(tensor.elementType)")
}
