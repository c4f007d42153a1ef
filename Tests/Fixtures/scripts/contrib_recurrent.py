# SPDX-License-Identifier: Apache-2.0
"""LinearAttention, LinearAttentionGate and CausalConvWithState, with numpy's answers where onnxruntime's CPU has none."""

import numpy

from contrib_case import Case, node


def recurrence(query, key, value, past, decay, beta, heads, scale):
    """Output and the states after each position, in float64."""
    query, key, value = (a.astype(float) for a in (query, key, value))
    (hq, hk), (batch, length, _) = heads, query.shape
    dk, dv = query.shape[-1] // hq, value.shape[-1] // hk
    state = numpy.zeros((batch, hk, dk, dv)) if past is None else past.astype(float)
    out, states = numpy.zeros((batch, length, max(hq, hk), dv)), []
    for t in range(length):
        k, v = key[:, t].reshape(batch, hk, dk), value[:, t].reshape(batch, hk, dv)
        q = query[:, t].reshape(batch, hq, dk)
        if decay is not None:
            state = state * numpy.exp(decay[:, t].astype(float).reshape(batch, hk, -1))[..., None]
        if beta is not None:
            v = beta[:, t].astype(float)[..., None] * (v - numpy.einsum("bhkv,bhk->bhv", state, k))
        state = state + k[..., None] * v[:, :, None]
        states.append(state)
        readers = max(hq, hk)
        out[:, t] = scale * numpy.einsum("bhk,bhkv->bhv", numpy.repeat(q, readers // hq, 1),
                                         numpy.repeat(state, readers // hk, 1))
    return out.reshape(batch, length, -1), states


def linear_attention(name, rng, batch=2, length=5, q_heads=2, k_heads=2, dk=4, dv=6, rule="gated_delta", past=True,
                     wide_decay=False, one_beta=False, scale=0.0, window=0, keys=None):
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    key = normal(batch, length, keys or k_heads, dk)
    key /= numpy.linalg.norm(key, axis=-1, keepdims=True)
    inputs = {"query": normal(batch, length, q_heads * dk), "key": key.reshape(batch, length, -1).astype("f"),
              "value": normal(batch, length, k_heads * dv)}
    names = [*inputs, "", "", ""]
    held = (batch, k_heads, dk, dv)
    decay = beta = state = None
    if past:
        inputs["past_state"] = normal(*((window, *held) if window else held))
        state = inputs["past_state"][-1] if window else inputs["past_state"]
        names[3] = "past_state"
    if rule.startswith("gated"):
        decay = inputs["decay"] = -numpy.abs(normal(batch, length, k_heads * (dk if wide_decay else 1)))
        names[4] = "decay"
    if rule.endswith("delta"):
        beta = inputs["beta"] = rng.random((batch, length, 1 if one_beta else k_heads)).astype("f")
        names[5] = "beta"
    while not names[-1]:
        names.pop()
    attributes = {"q_num_heads": q_heads, "kv_num_heads": k_heads, "update_rule": rule}
    if scale:
        attributes["scale"] = scale
    if window:
        attributes["state_window"] = window
    case = Case(name, [node("LinearAttention", names, ["output", "present_state"], **attributes)], inputs,
                ["output", "present_state"])
    if window:
        output, states = recurrence(*list(inputs.values())[:3], state, decay, beta, (q_heads, k_heads),
                                    scale or dk**-0.5)
        slots = numpy.zeros((window, *held), "f")
        for j in range(window):
            if length - window + j >= 0:
                slots[j] = states[length - window + j]
        case.expected = [output.astype("f"), slots]
    return case


LINEAR = [
    dict(), dict(rule="linear"), dict(rule="gated"), dict(rule="delta"), dict(past=False), dict(length=1),
    dict(wide_decay=True), dict(one_beta=True), dict(q_heads=4), dict(q_heads=2, k_heads=4, batch=1), dict(scale=0.2),
    dict(window=3), dict(window=4, length=2), dict(q_heads=2, k_heads=4, keys=2, batch=1),
]


def random_linear(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    q_heads, k_heads = pick((1, 1), (2, 2), (4, 2), (2, 4), (6, 2))
    return dict(batch=int(pick(1, 2)), length=int(rng.integers(1, 10)), q_heads=q_heads, k_heads=k_heads,
                dk=int(rng.integers(1, 20)), dv=int(rng.integers(1, 20)),
                rule=pick("linear", "gated", "delta", "gated_delta"), past=pick(False, True),
                wide_decay=pick(False, True), one_beta=pick(False, True), scale=pick(0.0, 0.3),
                window=int(pick(0, 0, 2)))


def gate(name, rng, shape=(2, 3, 4), b=True):
    normal = lambda *s: rng.standard_normal(s).astype("f")
    inputs = {"a": 3 * normal(*shape)} | ({"b": normal(*shape)} if b else {})
    outputs = ["decay", "beta"] if b else ["decay"]
    return Case(name, [node("LinearAttentionGate", ["a", "dt_bias", "decay_scale"] + (["b"] if b else []), outputs)],
                inputs, outputs, {"dt_bias": normal(shape[-1]), "decay_scale": -numpy.exp(normal(shape[-1]))})


GATE = [dict(), dict(b=False), dict(shape=(1, 1, 7))]


def random_gate(rng):
    return dict(shape=tuple(int(n) for n in rng.integers(1, 9, 3)), b=bool(rng.integers(2)))


def causal_conv(name, rng, batch=2, channels=5, length=7, taps=4, bias=True, past=True, activation="none", dilation=1,
                last=False, window=0):
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    reach = (taps - 1) * dilation
    flip = (lambda a: a.swapaxes(-1, -2)) if last else (lambda a: a)
    x = normal(batch, channels, length)
    state = normal(batch, channels, reach)
    names, inputs, constants = ["input", "weight", "", ""], {"input": flip(x)}, {"weight": normal(channels, 1, taps)}
    if bias:
        names[2], constants["bias"] = "bias", normal(channels)
    if past:
        held = flip(state)
        names[3] = "past_state"
        inputs["past_state"] = numpy.stack([normal(*held.shape)] * (window - 1) + [held]) if window else held
    while not names[-1]:
        names.pop()
    attributes = {"activation": activation}
    for key, value, default in (("dilation", dilation, 1), ("channels_last", int(last), 0), ("state_window", window, 0)):
        if value != default:
            attributes[key] = value
    case = Case(name, [node("CausalConvWithState", names, ["output", "present_state"], **attributes)], inputs,
                ["output", "present_state"], constants)
    if window:
        line = numpy.concatenate([state if past else 0 * state, x], -1).astype(float)
        y = sum(constants["weight"][:, 0, j][:, None] * line[..., j * dilation : j * dilation + length]
                for j in range(taps)) + (constants["bias"][:, None] if bias else 0)
        if activation != "none":
            y = y / (1 + numpy.exp(-y))
        slots = [flip(line[..., end : end + reach] if end > 0 else 0 * state)
                 for end in range(length - window + 1, length + 1)]
        case.expected = [flip(y).astype("f"), numpy.stack(slots).astype("f")]
    return case


CONV = [
    dict(), dict(activation="silu"), dict(past=False, bias=False), dict(dilation=2), dict(last=True, activation="swish"),
    dict(length=1), dict(length=2, taps=5), dict(taps=1), dict(window=3), dict(window=4, length=2, activation="silu"),
    dict(last=True, dilation=3),
]


def random_conv(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    return dict(batch=int(pick(1, 2)), channels=int(rng.integers(1, 20)), length=int(rng.integers(1, 20)),
                taps=int(rng.integers(1, 6)), bias=pick(False, True), past=pick(False, True),
                activation=pick("none", "silu", "swish"), dilation=int(pick(1, 1, 2)), last=pick(False, True),
                window=int(pick(0, 0, 2)))
