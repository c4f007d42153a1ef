# SPDX-License-Identifier: Apache-2.0
"""Single operators with bfloat16 inputs and outputs: onnxruntime's answer in float32 to the rounded inputs, rounded."""

import dataclasses

import ml_dtypes
import numpy
import onnx

import contrib_attention as attention
import contrib_matmul as matmul
import contrib_pointwise as pointwise
from contrib_case import Case, node

# One unit in the last place.
UNIT = 2.0**-7


def rounded(make, inner=0.0):
    """The maker of the same case in bfloat16. `inner` is how far, in units of the largest output, results may be apart
    where something in between is kept in bfloat16 as well, as caches are."""

    def narrow(array):
        return array.astype(ml_dtypes.bfloat16) if getattr(array, "dtype", None) == numpy.float32 else array

    def build(name, rng, **parameters):
        case = make(name, rng, **parameters)
        inputs = {n: narrow(a) for n, a in case.inputs.items()}
        constants = {n: narrow(a) for n, a in case.constants.items()}
        wide = lambda a: a.astype("f") if getattr(a, "dtype", None) == ml_dtypes.bfloat16 else a
        exact = dataclasses.replace(case, inputs={n: wide(a) for n, a in inputs.items()},
                                    constants={n: wide(a) for n, a in constants.items()})
        results = exact.run()
        floats = {n for n, r in zip(case.outputs, results) if r.dtype == numpy.float32}
        types = case.types | {n: onnx.TensorProto.BFLOAT16 for n in floats}
        largest = max((float(numpy.abs(r).max(initial=0)) for r in results if r.dtype == numpy.float32), default=1.0)
        return dataclasses.replace(
            case, inputs=inputs, constants=constants, types=types, expected=[narrow(r) for r in results], exact=None,
            source="onnxruntime, rounded", rtol=UNIT, atol=max(case.atol, inner * UNIT * largest / max(1.0, largest)))

    return build


# Operator: inputs, attributes, and the least and the greatest input.
UNARY = {"Sigmoid": {}, "Tanh": {}, "Relu": {}, "Exp": {}, "Erf": {}, "Neg": {}, "Abs": {}, "Gelu": {}, "Softplus": {},
         "LeakyRelu": {"alpha": 0.1}, "HardSwish": {}, "Sin": {}, "Cos": {}, "Softmax": {"axis": -1},
         "LogSoftmax": {"axis": -1}, "Transpose": {"perm": [1, 0]}, "ReduceMean": {"keepdims": 1},
         "ReduceSum": {"keepdims": 0}, "ReduceMax": {"keepdims": 1}}
POSITIVE = {"Sqrt", "Log", "Reciprocal"}
BINARY = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"}


def standard(name, rng, kind="Add", rows=3, width=20, columns=7):
    """An operator of ONNX's own."""
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    positive = lambda *shape: rng.uniform(0.5, 4, shape).astype("f")
    attributes, version = {}, 21
    if kind in UNARY:
        inputs, attributes = {"x": normal(rows, width) * 2}, UNARY[kind]
    elif kind in POSITIVE:
        inputs = {"x": positive(rows, width)}
    elif kind in BINARY:
        inputs = {"a": positive(rows, width) if kind == "Pow" else normal(rows, width),
                  "b": positive(width) if kind == "Div" else normal(width)}
    elif kind == "MatMul":
        inputs = {"a": normal(rows, width), "b": normal(width, columns)}
    elif kind == "Gemm":
        inputs, attributes = {"a": normal(rows, width), "b": normal(columns, width), "c": normal(columns)}, {"transB": 1}
    elif kind == "LayerNormalization":
        inputs, attributes = {"x": normal(rows, width), "scale": normal(width), "bias": normal(width)}, {"epsilon": 1e-5}
    elif kind == "RMSNormalization":
        inputs, attributes, version = {"x": normal(rows, width), "scale": normal(width)}, {"epsilon": 1e-6}, 23
    else:
        raise ValueError(kind)
    return Case(name, [node(kind, list(inputs), ["y"], domain="", **attributes)], inputs, ["y"], domain_opset=version)


KINDS = [*sorted(UNARY), *sorted(POSITIVE), *sorted(BINARY), "MatMul", "Gemm", "LayerNormalization", "RMSNormalization"]


def random_standard(rng):
    return dict(kind=KINDS[rng.integers(len(KINDS))], rows=int(rng.integers(1, 9)), width=int(rng.integers(1, 120)),
                columns=int(rng.integers(1, 40)))


def random_norm(rng):
    # Statistics stay float32.
    return pointwise.random_norm(rng) | dict(statistics=False)


def random_group_query(rng):
    plan = attention.random_group_query(rng)
    # Quantized caches, and the scores, have tests of their own.
    return plan | dict(quantized=None, shown=None)


def random_matmul(rng):
    plan = matmul.random_matmul(rng)
    # bfloat16 scales are half as wide as what one multiplies; levels mean the same.
    return plan | dict(data="normal")


FAMILIES = {
    "bfloat16_matmul_nbits": (rounded(matmul.matmul_nbits), [dict(k=64, n=8, rows=(2,), bias=True)], random_matmul, 60),
    "bfloat16_gather": (rounded(matmul.gather), [dict(rows=3)], matmul.random_gather, 30),
    "bfloat16_group_query": (rounded(attention.group_query, inner=1.0),
                             [dict(new=2, past=3, size=16, heads=2, kv_heads=1)], random_group_query, 60),
    "bfloat16_multi_head": (rounded(attention.multi_head, inner=1.0), [], attention.random_multi_head, 30),
    "bfloat16_rotary": (rounded(attention.rotary), [], attention.random_rotary, 30),
    "bfloat16_norm": (rounded(pointwise.norm), [dict(kind=pointwise.SKIP_SIMPLE, shape=(1, 2, 24))], random_norm, 40),
    "bfloat16_activation": (rounded(pointwise.activation), [], pointwise.random_activation, 20),
    "bfloat16_standard": (rounded(standard), [dict(kind="MatMul"), dict(kind="Softmax")], random_standard, 100),
}
