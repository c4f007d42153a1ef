# SPDX-License-Identifier: Apache-2.0
"""The norms and the activations."""

from contrib_case import Case, node


def norm(name, rng, kind="SimplifiedLayerNormalization", shape=(2, 3, 24), skip=None, beta=False, bias=False,
         sum_output=True, epsilon=1e-5, large=False, statistics=False):
    normal = lambda *s: rng.standard_normal(s).astype("f")
    width = shape[-1]
    x = normal(*shape) * (1000 if large else 1)
    if kind == "SimplifiedLayerNormalization":
        outputs = ["Y"] + (["inv_std_var"] if statistics else [])
        return Case(name, [node(kind, ["X", "scale"], outputs, domain="", axis=-1, epsilon=epsilon, stash_type=1)],
                    {"X": x}, outputs, {"scale": normal(width)}, domain_opset=17)
    inputs = {"input": x, "skip": normal(*(skip or shape))}
    constants, names = {"gamma": normal(width)}, ["input", "skip", "gamma"]
    if kind == "SkipLayerNormalization":
        names.append("beta" if beta else "")
        if beta:
            constants["beta"] = normal(width)
    names.append("bias" if bias else "")
    if bias:
        constants["bias"] = normal(width)
    while not names[-1]:
        names.pop()
    graph_outputs = ["output"] + (["sum"] if sum_output else [])
    outputs = ["output", "", "", "sum"] if sum_output else ["output"]
    if statistics:
        graph_outputs = ["output", "mean", "inv_std_var"] + graph_outputs[1:]
        outputs = graph_outputs
    return Case(name, [node(kind, names, outputs, epsilon=epsilon)], inputs, graph_outputs, constants)


SIMPLE, SKIP_SIMPLE, SKIP = (
    "SimplifiedLayerNormalization", "SkipSimplifiedLayerNormalization", "SkipLayerNormalization")
NORMS = [
    dict(), dict(shape=(1, 1, 7)), dict(shape=(5, 131), epsilon=1e-6), dict(large=True), dict(epsilon=0.5),
    dict(kind=SKIP_SIMPLE), dict(kind=SKIP_SIMPLE, bias=True), dict(kind=SKIP_SIMPLE, sum_output=False),
    dict(kind=SKIP_SIMPLE, shape=(1, 1, 131), epsilon=1e-6), dict(kind=SKIP_SIMPLE, skip=(3, 24)),
    dict(kind=SKIP), dict(kind=SKIP, beta=True), dict(kind=SKIP, beta=True, bias=True),
    dict(kind=SKIP, bias=True, sum_output=False), dict(kind=SKIP, skip=(1, 3, 24)),
    dict(kind=SKIP, skip=(3, 24), beta=True),
    dict(kind=SKIP, shape=(6, 33), large=True), dict(shape=(2, 7), statistics=True),
    dict(kind=SKIP, shape=(2, 7), bias=True, statistics=True),
    dict(kind=SKIP_SIMPLE, shape=(2, 7), sum_output=False, statistics=True),
]


def activation(name, rng, kind="Gelu", bias=False, shape=(2, 3, 21), alpha=None):
    x = rng.standard_normal(shape).astype("f") * 3
    inputs, names, attributes = {"X": x}, ["X"], {}
    if bias:
        inputs["bias"] = rng.standard_normal(shape[-1]).astype("f")
        names.append("bias")
    if alpha is not None:
        attributes["alpha"] = alpha
    return Case(name, [node(kind, names, ["Y"], **attributes)], inputs, ["Y"])


ACTIVATIONS = [
    dict(), dict(shape=(1,)), dict(kind="FastGelu"), dict(kind="FastGelu", bias=True), dict(kind="QuickGelu"),
    dict(kind="QuickGelu", alpha=1.0), dict(kind="QuickGelu", alpha=2.5), dict(kind="BiasGelu", bias=True),
    dict(kind="BiasGelu", bias=True, shape=(4, 131)),
]


def random_norm(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    kind = pick(SIMPLE, SKIP_SIMPLE, SKIP_SIMPLE, SKIP)
    shape = (int(pick(1, 2, 3)), int(rng.integers(1, 5)), int(rng.integers(1, 300)))
    plan = dict(kind=kind, shape=shape, epsilon=float(pick(1e-5, 1e-6, 1e-2)), large=pick(False, False, True),
                statistics=pick(False, False, True))
    if kind != SIMPLE:
        plan |= dict(skip=pick(None, None, shape[1:], (1, *shape[1:])), bias=pick(False, True),
                     sum_output=pick(False, True), beta=kind == SKIP and pick(False, True))
    return plan


def random_activation(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    kind = pick("Gelu", "FastGelu", "QuickGelu", "BiasGelu")
    return dict(kind=kind, bias=kind == "BiasGelu" or kind == "FastGelu" and pick(False, True),
                shape=(int(rng.integers(1, 5)), int(rng.integers(1, 200))),
                alpha=pick(None, 1.0, 0.3) if kind == "QuickGelu" else None)


def gated(name, rng, kind="GatedAdd", shape=(2, 3, 12), group=None, activation=None, epsilon=1e-5):
    normal = lambda *s: rng.standard_normal(s).astype("f")
    if kind == "GatedAdd":
        return Case(name, [node(kind, ["X", "Y", "gate"], ["Z"])],
                    {"X": normal(*shape), "Y": normal(*shape), "gate": normal(*shape[:-1], 1)}, ["Z"])
    attributes = {"epsilon": epsilon} | ({"activation": activation} if activation else {})
    return Case(name, [node(kind, ["X", "scale", "gate"], ["Y"], **attributes)],
                {"X": normal(*shape), "gate": normal(*shape)}, ["Y"], {"scale": normal(group or shape[-1])})


GATED = [dict(), dict(shape=(5,)), dict(kind="GatedRMSNorm"), dict(kind="GatedRMSNorm", group=4),
         dict(kind="GatedRMSNorm", group=3, activation="sigmoid"), dict(kind="GatedRMSNorm", activation="swish")]


def random_gated(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    group = int(rng.integers(1, 40))
    return dict(kind=pick("GatedAdd", "GatedRMSNorm"), shape=(2, int(rng.integers(1, 5)), group * int(pick(1, 2, 3))),
                group=group, activation=pick(None, "silu", "sigmoid"), epsilon=float(pick(1e-5, 1e-3)))
