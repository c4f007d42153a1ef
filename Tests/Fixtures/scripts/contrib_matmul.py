# SPDX-License-Identifier: Apache-2.0
"""MatMulNBits, GatherBlockQuantized and FusedMatMul."""

import numpy
import onnx

from contrib_case import Case, PackedTensor, node


def pack(values, bits):
    """Packs unsigned values along the last axis, low bits first."""
    if bits == 8:
        return values.astype(numpy.uint8)
    if bits == 3:
        stream = values[..., None] >> numpy.arange(3) & 1
        return numpy.packbits(stream.reshape(*values.shape[:-1], -1).astype(numpy.uint8), -1, bitorder="little")
    per = 8 // bits
    missing = -values.shape[-1] % per
    values = numpy.concatenate([values, numpy.zeros((*values.shape[:-1], missing), values.dtype)], -1)
    packed = numpy.zeros((*values.shape[:-1], values.shape[-1] // per), numpy.uint8)
    for i in range(per):
        packed |= (values[..., i::per] << (bits * i)).astype(numpy.uint8)
    return packed


def activations(rng, shape, kind):
    a = rng.standard_normal(shape).astype(numpy.float32)
    if kind == "extreme":
        # Whole runs of equal sign and size: sums of products reach what narrow accumulators cannot hold.
        a = numpy.where(numpy.arange(shape[-1]) // 64 % 4 != 3, 3.0, -3.0) * numpy.ones(shape)
    elif kind == "sparse":
        a[..., : shape[-1] // 2] = 0
        a[..., 0, :] = 0
    elif kind == "outlier":
        a[..., 3] *= 200
    return a.astype(numpy.float32)


def matmul_nbits(name, rng, bits=4, block=32, k=96, n=40, rows=(5,), zero_points=None, bias=False, g_idx=False,
                 level=0, flat=False, data="normal"):
    blocks = -(-k // block)
    top = 2**bits - 1
    q = rng.integers(0, top + 1, (n, blocks, block))
    if data == "extreme":
        q = numpy.where(rng.random((n, 1, 1)) < 0.5, 0, top) * numpy.ones_like(q)
    scales = (rng.uniform(0.02, 0.1, (n, blocks)) * rng.choice([-1, 1], (n, blocks)) / top * 15).astype(numpy.float32)
    a = activations(rng, (*rows, k), data)
    constants = {"B": pack(q, bits), "scales": scales.reshape(-1) if flat else scales}
    inputs = ["A", "B", "scales"]
    zp = numpy.full((n, blocks), float(2 ** (bits - 1)))
    if zero_points == "packed":
        integers = rng.integers(0, top + 1, (n, blocks))
        zp = integers.astype(float)
        constants["zero_points"] = pack(integers, bits).reshape(-1) if flat else pack(integers, bits)
        inputs.append("zero_points")
    elif zero_points == "float":
        constants["zero_points"] = rng.uniform(0, top, (n, blocks)).astype(numpy.float32)
        zp = constants["zero_points"].astype(float)
        inputs.append("zero_points")
    group = numpy.arange(blocks * block) // block
    if g_idx:
        group = rng.permutation(group[:k])
        constants["g_idx"] = group.astype(numpy.int32)
        inputs += [""] * (4 - len(inputs)) + ["g_idx"]
    weights = q.reshape(n, -1)[:, :k].astype(float)
    weights = (weights - zp[:, group[:k]]) * scales.astype(float)[:, group[:k]]
    exact = a.astype(float) @ weights.T
    if bias:
        constants["bias"] = rng.standard_normal(n).astype(numpy.float32)
        inputs += [""] * (5 - len(inputs)) + ["bias"]
        exact = exact + constants["bias"]
    attributes = {"K": k, "N": n, "bits": bits, "block_size": block}
    if level:
        attributes["accuracy_level"] = level
    case = Case(name, [node("MatMulNBits", inputs, ["Y"], **attributes)], {"A": a}, ["Y"], constants, exact=exact)
    case.magnitude = float((numpy.abs(a) @ numpy.abs(weights).T).max())
    if level == 4:
        # The lawful other way: activations as int8, per row and block.
        padded = numpy.concatenate([a, numpy.zeros((*rows, blocks * block - k), "f")], -1).reshape(*rows, blocks, block)
        steps = numpy.abs(padded).max(-1, keepdims=True) / 127
        rounded = numpy.round(padded / numpy.where(steps == 0, 1, steps)) * steps
        error = (rounded.reshape(*rows, -1)[..., :k].astype(float) - a) @ weights.T
        case.lawful_error = float(numpy.abs(error).max())
    return case


MATMUL = [
    *[dict(bits=bits, block=block, k=300, n=19, rows=(5,), level=level, zero_points=zp)
      for bits in (4, 8) for block, level, zp in (
          (16, 0, None), (32, 4, None), (64, 4, "packed"), (128, 0, "packed"), (256, 4, None), (16, 4, "packed"))],
    *[dict(bits=bits, rows=rows, k=128, n=37, level=level)
      for bits in (4, 8) for rows, level in (((1,), 4), ((33,), 4), ((33,), 0), ((2, 3), 4), ((1, 1), 0))],
    dict(bits=4, zero_points="float", k=96, n=24, level=0),
    dict(bits=4, zero_points="float", k=96, n=24, level=4),
    dict(bits=4, zero_points="float", block=64, k=100, n=9, rows=(1,), level=4),
    dict(bits=4, g_idx=True, k=96, n=16), dict(bits=4, g_idx=True, zero_points="float", k=100, n=16, level=4),
    dict(bits=4, bias=True, k=64, n=33, rows=(3,)), dict(bits=8, bias=True, k=64, n=33, rows=(3,), level=4),
    dict(bits=4, bias=True, zero_points="packed", k=64, n=33, rows=(1,), level=4),
    dict(bits=4, flat=True, k=96, n=21, level=4), dict(bits=4, flat=True, zero_points="packed", k=96, n=21, level=4),
    dict(bits=8, flat=True, zero_points="packed", k=80, n=7),
    dict(bits=4, k=20, n=1, rows=(1,)), dict(bits=4, k=33, n=8, rows=(2,), level=4), dict(bits=8, k=33, n=8, level=4),
    dict(bits=4, k=96, n=16, data="extreme", level=4), dict(bits=8, k=96, n=16, data="extreme", level=4),
    dict(bits=8, k=512, n=8, rows=(1,), block=256, data="extreme", level=4, zero_points="packed"),
    dict(bits=4, k=512, n=8, rows=(1,), block=256, data="extreme", level=4, zero_points="packed"),
    dict(bits=4, k=96, n=16, data="sparse", level=4), dict(bits=8, k=96, n=16, data="outlier", level=4),
    dict(bits=4, k=96, n=16, level=1), dict(bits=4, k=96, n=16, level=2), dict(bits=4, k=96, n=16, level=3),
    dict(bits=8, k=96, n=16, level=1, zero_points="packed"),
]


def random_matmul(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    bits = pick(2, 4, 4, 8)
    block = pick(16, 32, 32, 64, 128, 256)
    parameters = dict(bits=bits, block=block, k=int(rng.integers(1, 400)), n=int(rng.integers(1, 80)),
                      rows=(int(pick(1, 1, 2, 4, 5, 9, 33)),), level=pick(0, 1, 4, 4), bias=pick(False, True),
                      zero_points=pick(None, "packed", "float" if bits != 8 else None),
                      data=pick("normal", "normal", "extreme", "sparse", "outlier"))
    if bits == 4 and parameters["zero_points"] != "packed" and rng.random() < 0.1:
        # With g_idx onnxruntime 1.32.0 takes every packed zero point for 8.
        parameters["g_idx"] = True
    return parameters


# Blocks longer than the longest that kernels know; onnxruntime has them with 4 and 8 bits.
LONG = [dict(bits=4, block=512, k=600, n=3, rows=(2,), zero_points="packed"),
        dict(bits=8, block=1024, k=1100, n=2, rows=(2,), level=4)]


def random_long(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    bits = pick(4, 8)
    return dict(bits=bits, block=int(pick(512, 1024, 4096)), k=int(rng.integers(1, 3000)), n=int(rng.integers(1, 40)),
                rows=(int(pick(1, 2, 9, 33)),), level=pick(0, 4), bias=pick(False, True),
                zero_points=pick(None, "packed", "float" if bits != 8 else None), data=pick("normal", "outlier"))


def gather(name, rng, bits=4, block=32, rows=11, width=64, zero_points=False, indices=(2, 3), wide=False,
           element=None):
    """`element` None: uint8 holding packed values; otherwise a true 4-bit tensor type."""
    blocks = -(-width // block)
    low, high = (-8, 8) if element == onnx.TensorProto.INT4 else (0, 2**bits)
    values = rng.integers(low, high, (rows, width))
    constants = {"scales": rng.uniform(-0.2, 0.2, (rows, blocks)).astype(numpy.float32)}
    points = rng.integers(low, high, (rows, blocks))
    if element is None:
        constants["data"] = pack(values, bits)
        zp = pack(points, bits)
        default = 2 ** (bits - 1)
    else:
        constants["data"] = PackedTensor(values, element)
        zp = PackedTensor(points, element)
        default = 0
    inputs = ["data", "indices", "scales"]
    if zero_points:
        constants["zero_points"] = zp
        inputs.append("zero_points")
    index = rng.integers(-rows, rows, indices).astype(numpy.int64 if wide else numpy.int32)
    column = numpy.arange(width) // block
    offset = points[:, column] if zero_points else default
    exact = ((values - offset) * constants["scales"].astype(float)[:, column])[index]
    attributes = {"block_size": block, "gather_axis": 0, "quantize_axis": 1, "bits": bits}
    return Case(name, [node("GatherBlockQuantized", inputs, ["Y"], **attributes)], {"indices": index}, ["Y"],
                constants, exact=exact)


GATHER = [
    dict(), dict(zero_points=True), dict(bits=8), dict(bits=8, zero_points=True, wide=True),
    dict(block=16, width=48, indices=(5,)), dict(block=64, width=128, wide=True), dict(block=128, width=128, bits=8),
    dict(indices=(), wide=True), dict(width=48, zero_points=True), dict(bits=8, width=40, zero_points=True),
    dict(element=onnx.TensorProto.UINT4), dict(element=onnx.TensorProto.UINT4, zero_points=True),
    dict(element=onnx.TensorProto.INT4), dict(element=onnx.TensorProto.INT4, zero_points=True, wide=True),
]


def random_gather(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    element = pick(None, None, onnx.TensorProto.UINT4, onnx.TensorProto.INT4)
    return dict(bits=pick(4, 8) if element is None else 4, block=pick(16, 32, 64), rows=int(rng.integers(1, 30)),
                width=int(rng.integers(1, 10)) * 16, zero_points=pick(False, True), wide=pick(False, True),
                indices=pick((3,), (2, 4), (1, 1)), element=element)


def fused(name, rng, a=(3, 5), b=(5, 4), **attributes):
    return Case(name, [node("FusedMatMul", ["A", "B"], ["Y"], **attributes)],
                {"A": rng.standard_normal(a).astype("f"), "B": rng.standard_normal(b).astype("f")}, ["Y"])


FUSED = [
    dict(), dict(alpha=0.25), dict(a=(5, 3), transA=1), dict(b=(4, 5), transB=1, alpha=-1.5),
    dict(a=(5, 3), b=(4, 5), transA=1, transB=1), dict(a=(2, 3, 5), b=(2, 5, 4)), dict(a=(2, 3, 5), b=(5, 4)),
    dict(a=(2, 1, 3, 5), b=(1, 3, 4, 5), transB=1), dict(a=(3, 2, 5), b=(2, 5, 4), transBatchA=1),
    dict(a=(2, 3, 5), b=(5, 2, 4), transBatchB=1), dict(a=(5, 2, 3), b=(2, 5, 4), transBatchA=1, transA=1),
]


def random_fused(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    m, k, n = (int(rng.integers(1, 40)) for _ in range(3))
    batch = pick((), (2,), (3, 2))
    flip_a, flip_b = int(pick(0, 1)), int(pick(0, 1))
    return dict(a=(*batch, *((k, m) if flip_a else (m, k))),
                b=(*pick(batch, ()), *((n, k) if flip_b else (k, n))), transA=flip_a, transB=flip_b,
                alpha=float(pick(1.0, 0.5, -2.0)))


def dynamic_quantize(name, rng, a=(5, 24), columns=7, signed=False, scales="tensor", zero_points=False, bias=False):
    """Product of a float matrix with an int8 or uint8 one."""
    low, high, kind = (-128, 128, numpy.int8) if signed else (0, 256, numpy.uint8)
    count = () if scales == "tensor" else (columns,)
    names, constants = ["A", "B", "b_scale"], {
        "B": rng.integers(low, high, (a[-1], columns)).astype(kind),
        "b_scale": rng.uniform(0.005, 0.02, count).astype("f")}
    for label, wanted, array in (("b_zero_point", zero_points, rng.integers(low, high, count).astype(kind)),
                                 ("bias", bias, rng.standard_normal(columns).astype("f"))):
        names.append(label if wanted else "")
        if wanted:
            constants[label] = array
    while not names[-1]:
        names.pop()
    return Case(name, [node("DynamicQuantizeMatMul", names, ["Y"])],
                {"A": rng.standard_normal(a).astype("f")}, ["Y"], constants)


DYNAMIC = [dict(), dict(scales="column", bias=True), dict(signed=True, scales="column"), dict(zero_points=True),
           dict(zero_points=True, scales="column", bias=True), dict(a=(2, 3, 40), bias=True)]


def random_dynamic(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    k = int(rng.integers(1, 100))
    return dict(a=pick((int(rng.integers(1, 12)), k), (2, 3, k)), columns=int(rng.integers(1, 40)),
                signed=pick(False, True), scales=pick("tensor", "column"), zero_points=pick(False, True),
                bias=pick(False, True))


def integer_to_float(name, rng, a=(5, 24), columns=7, signed=(False, False), scales="tensor", a_zero=False,
                     b_zero=False, bias=False):
    """Product of two 8-bit matrices as floats."""
    draw = lambda s, shape: rng.integers(*((-128, 128) if s else (0, 256)), shape).astype(
        numpy.int8 if s else numpy.uint8)
    count = () if scales == "tensor" else (columns,)
    constants = {"B": draw(signed[1], (a[-1], columns)), "a_scale": numpy.array(0.013, "f"),
                 "b_scale": rng.uniform(0.005, 0.02, count).astype("f")}
    names = ["A", "B", "a_scale", "b_scale"]
    for label, wanted, array in (("a_zero_point", a_zero, draw(signed[0], ())), ("b_zero_point", b_zero, draw(signed[1], count)),
                                 ("bias", bias, rng.standard_normal(columns).astype("f"))):
        names.append(label if wanted else "")
        if wanted:
            constants[label] = array
    while not names[-1]:
        names.pop()
    return Case(name, [node("MatMulIntegerToFloat", names, ["Y"])], {"A": draw(signed[0], a)}, ["Y"], constants)


INTEGER = [dict(), dict(a_zero=True, b_zero=True), dict(scales="column", bias=True, a_zero=True),
           dict(signed=(False, True), b_zero=True, scales="column"), dict(signed=(True, True)),
           dict(a=(2, 3, 40), a_zero=True, bias=True)]


def random_integer(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    k = int(rng.integers(1, 100))
    return dict(a=pick((int(rng.integers(1, 12)), k), (2, 3, k)), columns=int(rng.integers(1, 40)),
                signed=pick((False, False), (False, True), (True, True)), scales=pick("tensor", "column"),
                a_zero=pick(False, True), b_zero=pick(False, True), bias=pick(False, True))


def bnb4(name, rng, k=64, n=12, rows=3, block=16, kind=1, variable=False):
    count = k * n
    rows = rng.standard_normal((rows, k)).astype("f")
    weights = {"B": rng.integers(0, 256, (count + 1) // 2).astype(numpy.uint8),
               "absmax": rng.uniform(0.1, 2, -(-count // block)).astype("f")}
    return Case(name, [node("MatMulBnb4", ["A", "B", "absmax"], ["Y"], K=k, N=n, block_size=block, quant_type=kind)],
                {"A": rows} | (weights if variable else {}), ["Y"],
                {} if variable else weights)


BNB4 = [dict(), dict(kind=0), dict(k=33, n=5, block=32), dict(block=64, rows=1), dict(k=17, n=3, variable=True)]


def random_bnb4(rng):
    return dict(k=int(rng.integers(1, 200)), n=int(rng.integers(1, 40)), rows=int(rng.integers(1, 6)),
                block=int(2 ** rng.integers(4, 8)), kind=int(rng.integers(0, 2)), variable=bool(rng.integers(0, 2)))
