# SPDX-License-Identifier: Apache-2.0
"""MoE and QMoE, with numpy's answers where onnxruntime's CPU code has none."""

import numpy
import onnx

from contrib_case import Case, node
from contrib_matmul import pack


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def gelu(x):
    return 0.5 * x * (1 + numpy.tanh(0.7978845608 * (x + 0.044715 * x**3)))


def activate(kind, h, other, alpha, beta, limit, fusion):
    if kind in ("swiglu", "geglu"):
        g, l = (h, other) if fusion == 0 else (h[:, 0::2], h[:, 1::2]) if fusion == 1 else numpy.split(h, 2, 1)
        if kind == "geglu":
            return gelu(g) * l
        if limit is not None:
            g, l = numpy.minimum(g, limit), numpy.clip(l, -limit, limit)
        return g * sigmoid(alpha * g) * (l + beta)
    y = {"relu": lambda: numpy.maximum(h, 0), "silu": lambda: h * sigmoid(h), "identity": lambda: h,
         "relu2": lambda: numpy.maximum(h, 0)**2, "gelu": lambda: gelu(h)}[kind]()
    return y if other is None else y * other


def mix_sparsely(logits):
    """Two experts and their weights, as Phi-3.5-MoE's router has them when it does not train."""
    first = int(numpy.argmax(logits))
    near = lambda best, row: numpy.where((best - row) / numpy.maximum(numpy.abs(logits), best) > 0.02, -numpy.inf, row)
    share = lambda row, i: float(numpy.exp(row[i]) / numpy.exp(row).sum())
    masked = logits.copy()
    masked[first] = -numpy.inf
    second = int(numpy.argmax(masked))
    return [first, second], [share(near(logits[first], logits), first), share(near(masked[second], masked), second)]


def mixture(x, router, first, second, third, k, over_chosen=False, mixing=None, normalize=False, sparse=False, **shape):
    """float64; a layer is (weights, bias)."""
    layer = lambda l, e, a: a @ l[0][e].astype(float).T + (0 if l[1] is None else l[1][e].astype(float))
    out = numpy.zeros((len(x), second[0].shape[1]))
    for t, row in enumerate(x.astype(float)):
        p = numpy.exp(router[t] - router[t].max()).astype(float)
        p /= p.sum()
        if sparse:
            chosen, weights = mix_sparsely(router[t].astype(float))
        else:
            chosen = numpy.argsort(-p, kind="stable")[:k]
            weights = p[chosen] if mixing is None else mixing[t][chosen].astype(float)
            if normalize or over_chosen and mixing is None:
                weights = weights / weights.sum()
        for e, w in zip(chosen, weights):
            h = activate(h=layer(first, e, row[None]), other=None if third is None else layer(third, e, row[None]),
                         **shape)
            out[t] += w * layer(second, e, h)[0]
    return out


def attributes_of(kind, fusion, alpha, beta, limit, normalize, sparse):
    result = {"activation_type": kind}
    if kind in ("swiglu", "geglu"):
        result |= {"swiglu_fusion": fusion, "activation_alpha": alpha, "activation_beta": beta}
        if limit is not None:
            result["swiglu_limit"] = limit
    if normalize:
        result["normalize_routing_weights"] = 1
    if sparse:
        result["use_sparse_mixer"] = 1
    return result


def moe(name, rng, tokens=(5,), experts=4, hidden=8, inner=12, k=2, kind="relu", fusion=1, alpha=1.0, beta=0.0,
        limit=None, bias=True, third=False, normalize=False, sparse=False):
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    fused = kind in ("swiglu", "geglu") and fusion > 0
    third = third or kind == "swiglu" and fusion == 0
    x, router = normal(*tokens, hidden), normal(int(numpy.prod(tokens)), experts)
    if sparse:
        # Close logits, so that shares differ from 1.
        router = (3 + 0.02 * router).astype("f")
    constants = {"fc1": normal(experts, inner * (2 if fused else 1), hidden), "fc2": normal(experts, hidden, inner)}
    if bias:
        constants |= {"b1": normal(experts, constants["fc1"].shape[1]), "b2": normal(experts, hidden)}
    if third:
        constants |= {"fc3": normal(experts, inner, hidden)} | ({"b3": normal(experts, inner)} if bias else {})
    names = ["x", "router", *(n if n in constants else "" for n in ("fc1", "b1", "fc2", "b2", "fc3", "b3"))]
    while not names[-1]:
        names.pop()
    case = Case(name, [node("MoE", names, ["output"], k=k,
                            **attributes_of(kind, fusion, alpha, beta, limit, normalize, sparse))],
                {"x": x, "router": router}, ["output"], constants, atol=1e-4)
    layers = [(constants[f"fc{i}"], constants.get(f"b{i}")) if f"fc{i}" in constants else None for i in (1, 2, 3)]
    case.exact = mixture(x.reshape(-1, hidden), router, *layers, k, normalize=normalize, sparse=sparse, kind=kind,
                         alpha=alpha, beta=beta, limit=limit, fusion=fusion).reshape(x.shape)
    if third or sparse or kind in ("geglu", "relu2") or kind == "swiglu" and fusion != 1:
        case.expected = [case.exact.astype("f")]
    return case


MOE = [
    dict(), dict(kind="silu", k=1), dict(kind="gelu", k=3, normalize=True), dict(kind="identity", bias=False),
    dict(kind="swiglu"), dict(kind="swiglu", alpha=1.702, beta=1.0, limit=0.7), dict(kind="swiglu", fusion=2),
    dict(kind="swiglu", fusion=0), dict(kind="silu", third=True), dict(tokens=(2, 3), kind="silu"),
    dict(sparse=True, kind="silu", experts=6), dict(kind="geglu"), dict(kind="geglu", fusion=2), dict(kind="relu2"),
]


def random_moe(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    experts = int(rng.integers(2, 9))
    return dict(tokens=pick((int(rng.integers(1, 12)),), (2, 3)), experts=experts, hidden=int(rng.integers(1, 30)),
                inner=int(rng.integers(1, 30)), k=int(rng.integers(1, min(4, experts) + 1)),
                kind=pick("relu", "silu", "gelu", "identity", "swiglu", "swiglu"), fusion=int(pick(0, 1, 1, 2)),
                alpha=float(pick(1.0, 1.702)), beta=float(pick(0.0, 1.0)), limit=pick(None, 1.0), bias=pick(False, True),
                normalize=pick(False, True))


def qmoe(name, rng, tokens=(5,), experts=4, hidden=64, inner=32, k=2, bits=4, block=32, kind="silu", fusion=1, alpha=1.0,
         beta=0.0, limit=None, zero_points=False, bias=False, mixing=False, normalize=False, third=False):
    # onnxruntime takes 3 bits with half precision alone.
    real = numpy.float16 if bits == 3 else numpy.float32
    normal = lambda *shape: rng.standard_normal(shape).astype(real)
    fused = kind in ("swiglu", "geglu") and fusion > 0
    third = third or kind == "swiglu" and fusion == 0
    x, router = normal(*tokens, hidden), normal(int(numpy.prod(tokens)), experts)
    constants, layers = {}, []
    for i, (n, m) in enumerate([(inner * (2 if fused else 1), hidden), (hidden, inner), (inner, hidden)], 1):
        if i == 3 and not third:
            layers.append(None)
            continue
        q = rng.integers(0, 2**bits, (experts, n, m))
        groups = (experts, n, m // block) if block else (experts, n)
        scales = (rng.uniform(0.02, 0.1, groups) * 15 / (2**bits - 1)).astype(real)
        points = rng.integers(0, 2**bits, groups) if zero_points else numpy.full(groups, 2 ** (bits - 1))
        spread = (lambda a: numpy.repeat(a, block, -1)) if block else (lambda a: a[..., None])
        constants |= {f"fc{i}": pack(q, bits), f"s{i}": scales}
        if zero_points:
            constants[f"z{i}"] = pack(points, bits)
        if bias:
            constants[f"b{i}"] = normal(experts, n)
        layers.append(((q - spread(points)) * spread(scales).astype(float), constants.get(f"b{i}")))
    inputs = {"x": x, "router": router}
    names = [*inputs, *(f"{p}{i}" for i in (1, 2, 3) for p in ("fc", "s", "b")), "z1", "z2", "z3", "mixing"]
    if mixing:
        inputs["mixing"] = rng.random(router.shape).astype("f")
    names = [n if n in inputs or n in constants else "" for n in names]
    while not names[-1]:
        names.pop()
    attributes = attributes_of(kind, fusion, alpha, beta, limit, normalize, False) | {"expert_weight_bits": bits}
    if block:
        attributes["block_size"] = block
    if bits == 3:
        attributes["weights_prepacked"] = 0
    case = Case(name, [node("QMoE", names, ["output"], k=k, **attributes)], inputs, ["output"], constants,
                atol=4e-3 if bits == 3 else 1e-4, types={"output": onnx.TensorProto.FLOAT16} if bits == 3 else {})
    case.exact = mixture(x.reshape(-1, hidden), router, *layers, k, over_chosen=bits != 3, mixing=inputs.get("mixing"),
                         normalize=normalize, kind=kind, alpha=alpha, beta=beta, limit=limit,
                         fusion=fusion).reshape(x.shape)
    rounds = bits == 8 and block
    if rounds:
        # onnxruntime rounds activations to int8: its answer is what the operator means, and far from this one.
        case.exact = None
    if third or kind in ("geglu", "relu2") or kind == "swiglu" and fusion != 1:
        if rounds:
            raise ValueError("no oracle has int8 activations and this activation")
        case.expected = [case.exact.astype("f")]
    return case


QMOE = [
    dict(), dict(kind="swiglu", alpha=1.702, beta=1.0, limit=7.0, bias=True), dict(bits=8, block=16),
    dict(bits=2, zero_points=True), dict(block=0), dict(block=0, bits=8, zero_points=True), dict(zero_points=True),
    dict(mixing=True), dict(mixing=True, normalize=True), dict(kind="swiglu", fusion=0), dict(kind="swiglu", fusion=2),
    dict(third=True), dict(tokens=(2, 3), k=1, kind="relu"), dict(kind="geglu"),
    dict(bits=3, kind="swiglu", tokens=(2,), experts=3, hidden=32, limit=1.0),
]


def random_qmoe(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    experts = int(rng.integers(2, 6))
    return dict(tokens=pick((int(rng.integers(1, 8)),), (2, 3)), experts=experts, hidden=32 * int(rng.integers(1, 4)),
                inner=32 * int(rng.integers(1, 4)), k=int(rng.integers(1, min(3, experts) + 1)), bits=int(pick(2, 4, 8)),
                block=int(pick(0, 16, 32)), kind=pick("relu", "silu", "swiglu"), fusion=int(pick(0, 1, 1, 2)),
                alpha=float(pick(1.0, 1.702)), beta=float(pick(0.0, 1.0)), limit=pick(None, 1.0),
                zero_points=pick(False, True), bias=pick(False, True), mixing=pick(False, True))
