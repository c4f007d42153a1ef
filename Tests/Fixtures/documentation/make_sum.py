# SPDX-License-Identifier: Apache-2.0
"""make_sum.py: writes sum.onnx, which adds up the columns of x [rows, columns]: the graph of the documentation's examples.

Made with onnx 1.23.2.
"""

import pathlib

import onnx
from onnx import TensorProto, helper

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", "columns"])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows"])
axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
node = helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)
graph = helper.make_graph([node], "sum", [x], [y], [axes])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
helper.set_model_props(model, {"author": "the documentation"})
onnx.checker.check_model(model)
onnx.save(model, pathlib.Path(__file__).parent / "sum.onnx")
