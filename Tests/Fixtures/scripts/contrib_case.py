# SPDX-License-Identifier: Apache-2.0
"""One operator case: a graph, its inputs, and onnxruntime's answer in ONNX's test-case layout."""

import dataclasses
import json
import pathlib
import shutil

import ml_dtypes
import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper

MICROSOFT = "com.microsoft"
OPSET = 21


class PackedTensor:
    """An initializer of a type that numpy lacks (int4, uint4): values and the ONNX element type."""

    def __init__(self, values, element):
        self.values, self.element = values, element

    def tensor(self, name):
        flat = self.values.reshape(-1).astype(numpy.int64) & 15
        if flat.size % 2:
            flat = numpy.append(flat, 0)
        packed = (flat[0::2] | (flat[1::2] << 4)).astype(numpy.uint8)
        return helper.make_tensor(name, self.element, self.values.shape, packed.tobytes(), raw=True)


@dataclasses.dataclass
class Case:
    """`inputs` become graph inputs in this order, `constants` initializers. `exact` is the first output in float64 with
    nothing quantized at run time, `lawful_error` how far from it int8 activations may be, where they are allowed,
    `magnitude` the largest sum of absolute products, to which float32 rounding is proportional."""

    name: str
    nodes: list
    inputs: dict
    outputs: list
    constants: dict = dataclasses.field(default_factory=dict)
    rtol: float = 1e-3
    atol: float = 1e-5
    exact: object = None
    lawful_error: float = 0.0
    magnitude: float = 0.0
    domain_opset: int = OPSET
    # Outputs from numpy, where onnxruntime's CPU code lacks what the case asks for, or from what `source` says.
    expected: list = None
    source: str = "numpy"
    # Outputs that onnxruntime wants in the memory of an input.
    shared: dict = dataclasses.field(default_factory=dict)
    types: dict = dataclasses.field(default_factory=dict)

    def model(self):
        infos = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
                 for n, a in self.inputs.items()]
        held = [a.tensor(n) if isinstance(a, PackedTensor) else numpy_helper.from_array(numpy.asarray(a, order="C"), n)
                for n, a in self.constants.items()]
        outputs = [helper.make_tensor_value_info(n, self.types.get(n, onnx.TensorProto.FLOAT), None)
                   for n in self.outputs]
        graph = helper.make_graph(self.nodes, self.name, infos, outputs, held)
        return helper.make_model(graph, producer_name="contrib cases", ir_version=10, opset_imports=[
            helper.make_opsetid("", self.domain_opset), helper.make_opsetid(MICROSOFT, 1)])

    def run(self):
        """onnxruntime's outputs, without graph optimizations, which could replace the operator by another."""
        if self.expected is not None:
            return self.expected
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(
            self.model().SerializeToString(), options, providers=["CPUExecutionProvider"])
        if not self.shared:
            return session.run(self.outputs, self.inputs)
        values = {n: onnxruntime.OrtValue.ortvalue_from_numpy(a.copy()) for n, a in self.inputs.items()}
        binding = session.io_binding()
        for name, value in values.items():
            binding.bind_ortvalue_input(name, value)
        for name in self.outputs:
            if name in self.shared:
                binding.bind_ortvalue_output(name, values[self.shared[name]])
            else:
                binding.bind_output(name)
        session.run_with_iobinding(binding)
        return [numpy.array(output.numpy()) for output in binding.get_outputs()]

    def write(self, folder):
        """Writes the case; its size in bytes."""
        results = [numpy.asarray(r) for r in self.run()]
        for name, result in zip(self.outputs, results):
            if not numpy.isfinite(result.astype("f")).all():
                raise ValueError(f"{name} is not finite")
        rtol, atol = self.tolerance(results)
        target = pathlib.Path(folder) / self.name
        shutil.rmtree(target, ignore_errors=True)
        data = target / "test_data_set_0"
        data.mkdir(parents=True)
        (target / "model.onnx").write_bytes(self.model().SerializeToString())
        for kind, pairs in (("input", self.inputs.items()), ("output", zip(self.outputs, results))):
            for i, (name, array) in enumerate(pairs):
                tensor = numpy_helper.from_array(numpy.asarray(array, order="C"), name)
                (data / f"{kind}_{i}.pb").write_bytes(tensor.SerializeToString())
        oracle = {} if self.expected is None else {"oracle": self.source}
        (target / "case.json").write_text(json.dumps({"rtol": rtol, "atol": atol, **oracle}) + "\n")
        return sum(f.stat().st_size for f in target.rglob("*") if f.is_file())

    def tolerance(self, results):
        """`atol` follows the size of the outputs, or one and a half times the lawful error. onnxruntime itself has to
        be within it of the exact result."""
        floats = [r.astype("f") for r in results if r.dtype.kind == "f" or r.dtype == ml_dtypes.bfloat16]
        largest = max((float(numpy.abs(r).max(initial=0)) for r in floats), default=1.0)
        atol = max(self.atol * max(1.0, largest), 1e-6 * self.magnitude, 1.5 * self.lawful_error)
        if self.exact is not None:
            error = numpy.abs(results[0] - self.exact)
            if (error > atol + self.rtol * numpy.abs(self.exact)).any():
                raise ValueError(f"onnxruntime is {error.max()} from the exact result, allowed {atol}")
        return self.rtol, float(f"{atol:.3g}")


def node(kind, inputs, outputs, domain=MICROSOFT, **attributes):
    return helper.make_node(kind, inputs, outputs, name=kind, domain=domain, **attributes)
