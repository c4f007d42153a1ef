# SPDX-License-Identifier: Apache-2.0
"""Mutates cases that pass: empty tensors, also with very large dimensions, dimensions of one, rank 0, extreme numbers,
attributes and shapes that do not fit.

    python make_edge_cases.py --out OUT --count 2 [--seed 0] [--manifest FILE] FOLDER…

For each case of the folders, `--count` mutations of each kind. A mutated case keeps its layout; its expected outputs come
from ONNX's reference evaluator, where that has an answer, in numpy. Where it has none, or the numbers are beyond what the
specification defines, the case has no outputs: the engine may compute or refuse, but not die. Versions:
`requirements-test.txt`.
"""

import argparse
import json
import pathlib
import shutil
import sys
import warnings
import zlib

import numpy
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# Mutations whose results the specification defines, so that numpy's answer is the right one.
DEFINED = ("empty", "one", "scalar", "floats")
# Where numpy's answer is not the specification's: (operator, mutation, or None for all) and why.
UNDEFINED = {
    ("Dropout", None): "random numbers",
    ("Cast", "floats"): "NaN and infinities have no integer",
    ("CastLike", "floats"): "NaN and infinities have no integer",
    ("Pow", "floats"): "NaN and infinities have no integer",
    ("QuantizeLinear", "floats"): "NaN and infinities have no integer",
    ("QLinearMatMul", "floats"): "NaN and infinities have no integer",
    ("DynamicQuantizeLinear", None): "a range of nothing: onnxruntime's scale is 1, the evaluator's 1/255",
    ("Attention", "floats"): "what a softmax over infinities or NaN is",
    ("Attention", "one"): "half precision, rounded in another order",
    ("Clip", "floats"): "bounds that are NaN",
    ("OneHot", "floats"): "the evaluator multiplies the values by 0 and 1, so that NaN spreads",
    ("AveragePool", "floats"): "the evaluator pads with NaN and leaves every NaN out",
    ("LpPool", "floats"): "the evaluator pads with NaN and leaves every NaN out",
    ("MaxPool", "floats"): "the evaluator pads with NaN and leaves every NaN out",
    ("MaxPool", "one"): "the evaluator's indices lie in the padding",
    ("PRelu", "floats"): "the evaluator multiplies zeros by infinite slopes",
    ("LpNormalization", "floats"): "the evaluator leaves out the magnitude",
    ("ReduceLogSumExp", "floats"): "the evaluator subtracts infinities",
    ("ScatterElements", "floats"): "the evaluator's maximum drops NaN at times",
}
# Inputs that are no data but sizes, axes and positions.
CONTROL = {"Reshape": {1}, "Expand": {1}, "Tile": {1}, "ConstantOfShape": {0}, "Slice": {1, 2, 3, 4}, "Split": {1},
           "Squeeze": {1}, "Unsqueeze": {1}, "Pad": {1, 3}, "OneHot": {1}, "Range": {0, 1, 2}, "TopK": {1},
           "Gather": {1}, "GatherElements": {1}, "GatherND": {1}, "ScatterElements": {1}, "ScatterND": {1},
           "Loop": {0, 1}, "CumSum": {1}, "CumProd": {1}, "EyeLike": set(), "Trilu": {1}, "TensorScatter": {2},
           "RotaryEmbedding": {3}}


class Vast:
    """A tensor of no elements, one of whose dimensions is too large for numpy."""

    def __init__(self, dtype, shape):
        self.dtype, self.shape = dtype, shape


class Unsuited(Exception):
    """The mutation does not apply to the case."""


def floats_of(rng, array, huge=False):
    edges = [numpy.nan, numpy.inf, -numpy.inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.5]
    edges = numpy.array(edges + ([3e38, -3e38, 1e-40] if huge else []), "f8")
    with numpy.errstate(all="ignore"):
        return rng.choice(edges, array.shape).astype(array.dtype)


def integers_of(rng, array):
    info = numpy.iinfo(array.dtype)
    return rng.choice(numpy.array([info.min, info.max, 0, 1, 2, info.max // 2, info.min + 1], array.dtype), array.shape)


def resized(inputs, old, new):
    """Every dimension of size `old` becomes `new`."""
    result = []
    for array in inputs:
        index = tuple(slice(0, new) if size == old and new < size else slice(None) for size in array.shape)
        result.append(array[index])
    return result


def mutate(kind, rng, model, inputs):
    """New inputs and, in place, attributes."""
    node = model.graph.node[0]
    data = [i for i in range(len(inputs)) if i not in CONTROL.get(node.op_type, set())]
    if kind in ("empty", "one"):
        sizes = sorted({size for array in inputs for size in array.shape if size > (kind == "one")})
        if not sizes:
            raise Unsuited
        return resized(inputs, int(rng.choice(sizes)), 0 if kind == "empty" else 1)
    if kind == "vast":
        index = int(rng.choice(data)) if data else 0
        sizes = inputs[index].shape
        if len(sizes) < 2:
            raise Unsuited
        gone, grown = rng.permutation(len(sizes))[:2]
        large = int(rng.choice([2**63 - 1, 2**62, 2**33, 2**20]))
        # Inputs that share both sizes change with it, so that checks between them pass.
        other = lambda shape: tuple(0 if s == sizes[gone] else large if s == sizes[grown] else s for s in shape)
        own = tuple(0 if i == gone else large if i == grown else s for i, s in enumerate(sizes))
        same = sizes[gone] == sizes[grown]
        return [Vast(a.dtype, own) if i == index or a.shape == sizes else
                Vast(a.dtype, other(a.shape)) if i in data and not same and sizes[gone] in a.shape else a
                for i, a in enumerate(inputs)]
    if kind == "scalar":
        if all(array.ndim == 0 for array in inputs) or any(array.size == 0 for array in inputs):
            raise Unsuited
        return [array.reshape(-1)[0].reshape(()) if i in data else array for i, array in enumerate(inputs)]
    if kind in ("floats", "huge", "integers"):
        wanted = "iu" if kind == "integers" else "f"
        chosen = [i for i in (data if kind == "floats" else range(len(inputs)))
                  if inputs[i].dtype.kind in wanted and inputs[i].size]
        if not chosen:
            raise Unsuited
        make = integers_of if kind == "integers" else lambda rng, array: floats_of(rng, array, kind == "huge")
        return [make(rng, a) if i in chosen else a for i, a in enumerate(inputs)]
    if kind == "shape":
        index = int(rng.integers(len(inputs)))
        array = inputs[index]
        if array.ndim == 0:
            changed = numpy.stack([array] * int(rng.integers(1, 4))) if rng.random() < 0.7 else array
            changed = numpy.zeros((0,), array.dtype) if changed is array else changed
        else:
            axis = int(rng.integers(array.ndim))
            changed = numpy.repeat(array, int(rng.choice([0, 2, 3])), axis) if rng.random() < 0.7 else array[None]
        return [changed if i == index else a for i, a in enumerate(inputs)]
    if kind == "attribute":
        entries = [(n, a) for n in model.graph.node for a in n.attribute
                   if a.type in (onnx.AttributeProto.INT, onnx.AttributeProto.INTS, onnx.AttributeProto.FLOAT)]
        if not entries:
            raise Unsuited
        entry = entries[int(rng.integers(len(entries)))][1]
        extreme = lambda: int(rng.choice([-1, -2, 0, 1, 2, 3, 7, 100, -100, 2**31 - 1, -2**31, 2**63 - 1, -2**63 + 1]))
        if entry.type == onnx.AttributeProto.INT:
            entry.i = extreme()
        elif entry.type == onnx.AttributeProto.FLOAT:
            entry.f = float(rng.choice([numpy.nan, numpy.inf, -numpy.inf, 0, -1, 1e38]))
        else:
            values = [extreme() if rng.random() < 0.5 else v for v in entry.ints]
            entry.ClearField("ints")
            entry.ints.extend(values[: int(rng.integers(0, len(values) + 1))] if rng.random() < 0.3 else values)
        return list(inputs)
    if kind == "missing":
        if len(inputs) < 2:
            raise Unsuited
        name = model.graph.input[int(rng.integers(len(inputs)))].name
        for each in model.graph.node:
            for i, used in enumerate(each.input):
                if used == name:
                    each.input[i] = ""
        return list(inputs)
    raise ValueError(kind)


KINDS = ("empty", "vast", "one", "scalar", "floats", "huge", "integers", "shape", "attribute", "missing")


def load(folder):
    """The model, without declared shapes, and its inputs as arrays."""
    model = onnx.load(folder / "model.onnx")
    inputs = []
    for i, info in enumerate(model.graph.input):
        path = folder / "test_data_set_0" / f"input_{i}.pb"
        if not path.exists() or not info.type.HasField("tensor_type"):
            raise Unsuited
        tensor = onnx.TensorProto.FromString(path.read_bytes())
        if tensor.data_type in (onnx.TensorProto.STRING, onnx.TensorProto.COMPLEX64, onnx.TensorProto.COMPLEX128):
            raise Unsuited
        inputs.append(numpy_helper.to_array(tensor))
        info.type.tensor_type.ClearField("shape")
    for info in model.graph.output:
        if not info.type.HasField("tensor_type"):
            raise Unsuited
        info.type.tensor_type.ClearField("shape")
    del model.graph.value_info[:]
    if not inputs or not model.graph.node:
        raise Unsuited
    return model, inputs


def reference(model, inputs):
    """The reference evaluator's answer, or None."""
    names = [info.name for info in model.graph.input]
    types = [info.type.tensor_type.elem_type for info in model.graph.output]
    try:
        with warnings.catch_warnings(), numpy.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            outputs = ReferenceEvaluator(model).run(None, dict(zip(names, inputs)))
        tensors = [numpy_helper.from_array(numpy.asarray(o)) for o in outputs]
    except Exception:
        return None
    return tensors if [t.data_type for t in tensors] == types else None


def write(target, model, inputs, outputs):
    data = target / "test_data_set_0"
    data.mkdir(parents=True)
    (target / "model.onnx").write_bytes(model.SerializeToString())
    for i, (array, info) in enumerate(zip(inputs, model.graph.input)):
        if isinstance(array, Vast):
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            tensor = onnx.TensorProto(name=info.name, dims=array.shape, data_type=kind)
        else:
            tensor = numpy_helper.from_array(numpy.ascontiguousarray(array).reshape(array.shape), info.name)
        tensor.data_type = info.type.tensor_type.elem_type
        (data / f"input_{i}.pb").write_bytes(tensor.SerializeToString())
    for i, tensor in enumerate(outputs or []):
        (data / f"output_{i}.pb").write_bytes(tensor.SerializeToString())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--manifest", type=pathlib.Path, help="only the cases that pass there")
    parser.add_argument("--share", type=int, default=1, help="take every so-manieth case")
    arguments = parser.parse_args()
    passing = None
    if arguments.manifest:
        lines = arguments.manifest.read_text().splitlines()
        passing = {line.removesuffix(" pass") for line in lines if line.endswith(" pass")}
    shutil.rmtree(arguments.out, ignore_errors=True)
    counts = dict.fromkeys(KINDS, 0)
    answered = 0
    folders = sorted(path.parent for base in arguments.folders for path in base.glob("*/model.onnx"))
    folders = [f for f in folders if not f.name.endswith("_expanded") and
               (passing is None or f.parent.name != "node" or f.name in passing)]
    for folder in folders[:: arguments.share]:
        for kind in KINDS:
            for number in range(arguments.count):
                name = f"{folder.name}__{kind}_{arguments.seed}_{number}"
                rng = numpy.random.default_rng(zlib.crc32(name.encode()))
                try:
                    model, inputs = load(folder)
                    inputs = mutate(kind, rng, model, inputs)
                except (Unsuited, onnx.onnx_cpp2py_export.checker.ValidationError):
                    continue
                outputs = None
                operators = {n.op_type for n in model.graph.node}
                if kind in DEFINED and not any(o in operators and k in (None, kind) for o, k in UNDEFINED):
                    outputs = reference(model, inputs)
                write(arguments.out / name, model, inputs, outputs)
                counts[kind] += 1
                answered += outputs is not None
    print(f"{sum(counts.values())} cases, {answered} of them with numpy's answer: {counts}", file=sys.stderr)


if __name__ == "__main__":
    main()
