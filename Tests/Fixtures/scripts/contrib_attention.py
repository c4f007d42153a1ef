# SPDX-License-Identifier: Apache-2.0
"""GroupQueryAttention, MultiHeadAttention and RotaryEmbedding."""

import numpy
import onnx

from contrib_case import Case, node


def tables(length, half, scale=1.0):
    angle = numpy.arange(length)[:, None] / 100.0 ** (numpy.arange(half) / half)
    return (numpy.cos(angle) * scale).astype("f"), (numpy.sin(angle) * scale).astype("f")


def group_query(name, rng, batch=1, new=6, past=0, heads=4, kv_heads=2, size=32, packed=False, rotary=True,
                interleaved=False, half=None, softcap=0.0, window=-1, sink=False, smooth=False, scale=None,
                bias=False, buffer=None, lengths=None, column=False, cached=True, positions=False, ring=None,
                quantized=None, bits=8, shown=None, norm=False):
    """`lengths` are the totals of the rows where they differ; `buffer` is the length of the past tensors where it is
    not `past`; `column` gives seqlens_k the shape (B,1); `ring` is the capacity of a `sliding_window_cache`; `quantized` is "tensor" or "channel", with
    `bits`; `shown` is qk_output; `norm` gives q and k norm weights, which onnxruntime's CPU code lacks, so that numpy answers."""
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    total = past + new
    inputs, names = {}, []

    def give(label, array):
        names.append(label if array is not None else "")
        if array is not None:
            inputs[label] = array

    if packed:
        give("query", normal(batch, new, (heads + 2 * kv_heads) * size))
        names += ["", ""]
    else:
        give("query", normal(batch, new, heads * size))
        give("key", normal(batch, new, kv_heads * size))
        give("value", normal(batch, new, kv_heads * size))
    held = ring or (past if buffer is None else buffer)
    if quantized:
        code = (lambda *shape: rng.integers(-128, 128, shape).astype(numpy.int8)) if bits == 8 else (
            lambda *shape: rng.integers(0, 256, shape).astype(numpy.uint8))
        for label in ("past_key", "past_value"):
            give(label, code(batch, kv_heads, held, size * bits // 8))
    else:
        give("past_key", normal(batch, kv_heads, held, size) if cached else None)
        give("past_value", normal(batch, kv_heads, held, size) if cached else None)
    ends = numpy.array(lengths or [total] * batch, numpy.int32) - 1
    give("seqlens_k", ends[:, None] if column else ends)
    give("total_sequence_length", numpy.array(total if not column else [total], numpy.int32))
    constants = {}
    if rotary:
        constants["cos_cache"], constants["sin_cache"] = tables(64, half or size // 2)
        names += ["cos_cache", "sin_cache"]
    else:
        names += ["", ""]
    give("position_ids", past + numpy.arange(new, dtype=numpy.int64)[None].repeat(batch, 0) if positions else None)
    give("attention_bias", normal(1, heads, new, total) if bias else None)
    give("head_sink", normal(heads) if sink else None)
    if quantized:
        step = 0.02 if bits == 8 else 0.4
        shape = (1,) if quantized == "tensor" else (1, kv_heads, 1, size)
        for label in ("k_scale", "v_scale"):
            give(label, (rng.uniform(0.5, 1.5, shape) * step).astype("f"))
    if norm:
        names += [""] * (14 - len(names))
        give("q_norm_weight", rng.uniform(0.5, 1.5, size).astype("f"))
        give("k_norm_weight", rng.uniform(0.5, 1.5, size).astype("f"))
    while not names[-1]:
        names.pop()
    attributes = {"num_heads": heads, "kv_num_heads": kv_heads, "do_rotary": int(rotary)}
    if shown:
        attributes["qk_output"] = shown
    if interleaved:
        attributes["rotary_interleaved"] = 1
    for key, value, default in (("softcap", softcap, 0.0), ("local_window_size", window, -1), ("scale", scale, None)):
        if value != default:
            attributes[key] = value
    if smooth:
        attributes["smooth_softmax"] = 1
    if ring:
        attributes["sliding_window_cache"] = 1
    types = {}
    if quantized:
        kind = {"tensor": "PER_TENSOR", "channel": "PER_CHANNEL"}[quantized]
        attributes |= {"k_quant_type": kind, "v_quant_type": kind, "kv_cache_bit_width": bits}
        cache = onnx.TensorProto.INT8 if bits == 8 else onnx.TensorProto.UINT8
        types = {"present_key": cache, "present_value": cache}
    outputs = ["output", "present_key", "present_value"] + (["output_qk"] if shown else [])
    nodes = [node("GroupQueryAttention", names, outputs, **attributes)]
    if lengths:
        # What lies beyond a row's length, in its output and in its cache, is nobody's business.
        outputs = ["output"]
        if new > 1:
            mask = numpy.arange(new)[None, :, None] < numpy.array(lengths)[:, None, None] - past
            inputs["mask"] = mask.astype("f")
            nodes[0].output[0] = "all"
            nodes.append(node("Mul", ["all", "mask"], ["output"], domain=""))
    elif buffer is not None or ring:
        outputs = ["output"] + (["output_qk"] if shown else [])
    case = Case(name, nodes, inputs, outputs, constants, types=types)
    if norm:
        case.expected = normed(inputs, constants, past, bits, packed, heads, kv_heads, size)
    return case


def normed(inputs, constants, past, bits, packed, heads, kv_heads, size):
    """Causal attention of one row with q and k norms, rotary embedding by halves and a cache quantized to 8 bits as a whole
    (or not at all), in float64."""
    new = inputs["query"].shape[1]
    split = lambda a, n: a.reshape(new, n, size).transpose(1, 0, 2).astype(float)
    if packed:
        parts = numpy.split(inputs["query"], [heads * size, (heads + kv_heads) * size], -1)
        q, k, v = (split(a, n) for a, n in zip(parts, (heads, kv_heads, kv_heads)))
    else:
        q, k, v = (split(inputs[n], h) for n, h in (("query", heads), ("key", kv_heads), ("value", kv_heads)))
    unit = lambda a, w: a / numpy.sqrt((a**2).mean(-1, keepdims=True) + 1e-6) * w
    q, k = unit(q, inputs["q_norm_weight"]), unit(k, inputs["k_norm_weight"])
    if constants:
        cos, sin = (constants[n][past : past + new].astype(float) for n in ("cos_cache", "sin_cache"))
        half = cos.shape[1]

        def turn(a):
            x, y = a[..., :half], a[..., half : 2 * half]
            return numpy.concatenate([x * cos - y * sin, y * cos + x * sin, a[..., 2 * half :]], -1)

        q, k = turn(q), turn(k)
    code = lambda a, scale: numpy.clip(numpy.rint(a / scale), -128, 127)
    cache = []
    for label, rows in (("key", k), ("value", v)):
        if "k_scale" in inputs:
            scale = inputs[f"{label[0]}_scale"].astype(float)
            rows = code(rows, scale)
        cache.append(numpy.concatenate([inputs[f"past_{label}"][0].astype(float), rows], 1))
    keys, values = cache
    if "k_scale" in inputs:
        keys, values = keys * inputs["k_scale"], values * inputs["v_scale"]
    repeat = heads // kv_heads
    scores = q @ numpy.repeat(keys, repeat, 0).transpose(0, 2, 1) / size**0.5
    scores[:, numpy.arange(past + new)[None] > past + numpy.arange(new)[:, None]] = -numpy.inf
    weights = numpy.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    output = (weights @ numpy.repeat(values, repeat, 0)).transpose(1, 0, 2).reshape(1, new, -1)
    kind = numpy.int8 if "k_scale" in inputs else numpy.float32
    return [output.astype("f")] + [a[None].astype(kind) for a in cache]


GROUP_QUERY = [
    dict(), dict(packed=True), dict(packed=True, column=True), dict(cached=False), dict(rotary=False),
    dict(interleaved=True), dict(packed=True, interleaved=True), dict(size=64, half=24), dict(half=8, packed=True),
    dict(size=64, half=24, interleaved=True, packed=True), dict(softcap=3.0), dict(scale=0.3), dict(window=3),
    dict(window=3, new=1, past=9), dict(window=1, new=5), dict(sink=True), dict(smooth=True),
    dict(sink=True, window=4, new=9), dict(bias=True), dict(bias=True, new=1, past=5), dict(heads=3, kv_heads=3),
    dict(heads=9, kv_heads=3, size=64, packed=True, new=3), dict(heads=4, kv_heads=1),
    dict(new=1, past=7), dict(new=1, past=7, packed=True, column=True), dict(new=1, past=33, size=64, half=24),
    dict(new=5, past=7), dict(new=5, past=7, packed=True, half=8), dict(new=4, past=12, window=5, packed=True),
    dict(new=4, past=12, softcap=2.0, packed=True), dict(new=2, past=20, heads=8, kv_heads=2, sink=True),
    dict(new=1, past=7, buffer=24), dict(new=5, past=7, buffer=24, packed=True), dict(new=6, past=0, buffer=16),
    dict(batch=2), dict(batch=2, packed=True, new=7), dict(batch=2, new=1, past=8),
    dict(batch=2, new=1, past=8, lengths=[9, 5]),
    dict(batch=2, new=1, past=11, lengths=[4, 12], packed=True, buffer=16),
    dict(batch=2, new=7, lengths=[7, 4]), dict(batch=3, new=6, lengths=[2, 6, 5], packed=True, window=3),
    dict(new=1, past=70, size=32, rotary=False), dict(new=40, size=32, rotary=False, heads=2, kv_heads=1),
    dict(positions=True), dict(positions=True, new=1, past=6, packed=True), dict(new=9, window=4, ring=4),
    dict(new=1, past=12, window=4, ring=4), dict(new=1, past=3, window=4, ring=4),
    dict(new=3, past=13, window=4, ring=8, packed=True),
    dict(new=3, past=5, quantized="tensor", rotary=False), dict(new=1, past=9, quantized="channel", packed=True),
    dict(new=4, quantized="tensor", bits=4), dict(new=2, past=6, quantized="channel", bits=4, interleaved=True),
    dict(new=3, past=2, shown=1, softcap=2.0, window=3, size=16), dict(new=2, past=2, shown=2, sink=True, size=16),
    dict(new=2, past=2, norm=True, quantized="tensor", size=16), dict(new=2, past=1, norm=True, size=16),
]


def random_group_query(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    kv_heads = int(pick(1, 2, 3))
    size = pick(16, 32, 64, 96)
    past = int(pick(0, 0, 1, 7, 20))
    batch = int(pick(1, 1, 2))
    new = int(rng.integers(1, 12)) if batch == 1 or past == 0 else 1
    halves = [h for h in (8, 16, 24, 32, 48) if 2 * h <= size]
    plan = dict(batch=batch, new=new, past=past, kv_heads=kv_heads, heads=kv_heads * int(pick(1, 2, 3, 5)), size=size,
                packed=pick(False, True), rotary=bool(halves) and pick(True, True, False),
                interleaved=pick(False, False, True), half=pick(*halves) if halves else None,
                softcap=pick(0.0, 0.0, 4.0), window=int(pick(-1, -1, 2, 6)), sink=pick(False, False, True),
                scale=pick(None, 0.2), column=pick(False, True), positions=pick(False, False, True),
                bias=pick(False, False, True), smooth=pick(False, False, False, True))
    kind = pick("plain", "plain", "buffer", "lengths", "quantized", "quantized", "ring")
    plan["shown"] = pick(None, None, 1, 2) if kind != "ring" else None
    if kind == "buffer":
        plan["buffer"] = past + new + int(rng.integers(0, 9))
    elif kind == "lengths" and batch == 2 and past == 0:
        plan["lengths"] = [new, int(rng.integers(1, new + 1))]
        plan["bias"] = plan["positions"] = False
    elif kind == "quantized":
        plan |= dict(quantized=pick("tensor", "channel"), bits=int(pick(8, 8, 4)), bias=False, smooth=False)
    elif kind == "ring" and batch == 1:
        window = int(rng.integers(2, 9))
        plan |= dict(window=window, ring=window + int(rng.integers(0, 5)), bias=False)
    return plan


def multi_head(name, rng, batch=2, new=5, length=None, heads=3, size=8, bias=False, past=0,
               unidirectional=False, attention_bias=False, padding=None, scale=None, present=False, value=None, shown=False,
               buffer=None, beams=None, split=False, packed=None):
    """`value` is the head size of values; `shown` asks for the output qk; `buffer` is the length of the past tensors where
    past_sequence_length says how much of them counts, `beams` how many of them cache_indirection mixes; `split` gives keys
    and values by head; `packed` is 2 or 3, with numpy's answer."""
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    length = length or new
    width = heads * size
    total = past + length
    value = value or size
    inputs, names = {}, []

    def give(label, array):
        names.append(label if array is not None else "")
        if array is not None:
            inputs[label] = array

    by_head = lambda n: normal(batch, heads, length, n) if split else normal(batch, length, heads * n)
    if packed:
        give("query", normal(batch, new, width) if packed == 2 else normal(batch, new, heads, 3, size))
        give("key", normal(batch, length, heads, 2, size) if packed == 2 else None)
        give("value", None)
    else:
        give("query", normal(batch, new, width))
        give("key", by_head(size))
        give("value", by_head(value))
    give("bias", normal(2 * width + heads * value) if bias else None)
    if padding == "lengths":
        give("key_padding_mask", rng.integers(1, total + 1, batch).astype(numpy.int32))
    elif padding == "mask":
        mask = numpy.ones((batch, total), numpy.int32)
        mask[0, -2:] = 0
        give("key_padding_mask", mask)
    else:
        give("key_padding_mask", None)
    give("attention_bias", normal(batch, heads, new, total) if attention_bias else None)
    held = buffer or past
    give("past_key", normal(batch, heads, held, size) if held else None)
    give("past_value", normal(batch, heads, held, value) if held else None)
    give("past_sequence_length", numpy.array([past], numpy.int32) if buffer else None)
    give("cache_indirection", rng.integers(0, beams, (batch // beams, beams, buffer)).astype(numpy.int32)
         if beams else None)
    while not names[-1]:
        names.pop()
    attributes = {"num_heads": heads}
    if unidirectional:
        attributes["unidirectional"] = 1
    if scale:
        attributes["scale"] = scale
    outputs = ["output"] + (["present_key", "present_value"] if held or present else [])
    shown_outputs = outputs + [""] * (3 - len(outputs)) + ["qk"] if shown else outputs
    case = Case(name, [node("MultiHeadAttention", names, shown_outputs, **attributes)], inputs,
                [n for n in shown_outputs if n])
    if packed:
        rows = lambda a: a.reshape(batch, -1, heads, size).astype(float)
        q = inputs["query"] if packed == 2 else inputs["query"][..., 0, :]
        k, v = (inputs["key" if packed == 2 else "query"][..., packed - 2 + i, :] for i in (0, 1))
        added = numpy.split(inputs["bias"].astype(float).reshape(3, heads, size), 3) if bias else [0, 0, 0]
        q, k, v = (rows(a) + b for a, b in zip((q, k, v), added))
        scores = numpy.einsum("bqhd,bkhd->bhqk", q, k) * (scale or size**-0.5)
        weights = numpy.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        case.expected = [numpy.einsum("bhqk,bkhd->bqhd", weights, v).reshape(batch, new, width).astype("f")]
    return case


MULTI_HEAD = [
    dict(), dict(unidirectional=True), dict(bias=True), dict(length=9),
    dict(past=4, new=1), dict(past=4, new=3, unidirectional=True), dict(attention_bias=True), dict(padding="mask"),
    dict(padding="lengths"), dict(scale=0.7, batch=1), dict(present=True), dict(past=3, new=2, attention_bias=True),
    dict(heads=1, size=16, new=1, length=1), dict(new=2, length=3, value=4, bias=True), dict(new=2, shown=True),
    dict(new=2, past=1, shown=True, unidirectional=True, padding="mask", batch=1),
    dict(new=1, past=3, buffer=6, batch=2), dict(new=1, past=3, buffer=5, beams=2, heads=2),
    dict(new=2, split=True, length=3, bias=True), dict(new=2, packed=3, bias=True), dict(new=2, length=3, packed=2),
]


def random_multi_head(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    past = int(pick(0, 0, 1, 6))
    length = None if past else pick(None, None, int(rng.integers(1, 12)))
    return dict(batch=int(pick(1, 2, 3)), new=int(rng.integers(1, 9)), length=length, heads=int(pick(1, 2, 3, 5)),
                size=int(pick(8, 16, 24, 64)), bias=pick(False, False, True), past=past,
                unidirectional=length is None and pick(False, True), attention_bias=pick(False, True),
                padding=pick(None, None, "mask", "lengths"), scale=pick(None, 0.3), present=pick(False, True),
                value=pick(None, None, 8, 24), shown=pick(False, False, True))


def rotary(name, rng, batch=2, length=5, heads=3, size=16, four=False, interleaved=False, half=None, start=None,
           scale=None):
    shape = (batch, heads, length, size) if four else (batch, length, heads * size)
    attributes = {}
    if interleaved:
        attributes["interleaved"] = 1
    if half:
        attributes |= {"rotary_embedding_dim": 2 * half, "num_heads": heads}
    if scale:
        attributes["scale"] = scale
    positions = numpy.array([start], numpy.int64) if start is not None else rng.integers(0, 40, (batch, length))
    cos, sin = tables(40, half or size // 2)
    if not four and not half:
        # A rank 3 input says nothing of heads: the width of the tables does.
        shape = (batch, length, heads * size)
    return Case(name, [node("RotaryEmbedding", ["input", "position_ids", "cos_cache", "sin_cache"], ["output"],
                            **attributes)],
                {"input": rng.standard_normal(shape).astype("f"), "position_ids": positions.astype(numpy.int64)},
                ["output"], {"cos_cache": cos, "sin_cache": sin})


ROTARY = [
    dict(), dict(interleaved=True), dict(start=7), dict(start=0, batch=1, length=1), dict(four=True),
    dict(four=True, interleaved=True), dict(half=4), dict(half=6, size=16, interleaved=True), dict(half=4, four=True),
    dict(size=64, half=24, heads=2), dict(batch=1, length=2, scale=2.0),
]


def random_rotary(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    size = int(pick(8, 16, 32, 64, 96))
    return dict(batch=int(pick(1, 2, 3)), length=int(rng.integers(1, 9)), heads=int(pick(1, 2, 5)), size=size,
                four=pick(False, True), interleaved=pick(False, True),
                half=pick(None, None, int(rng.integers(1, size // 2))),
                start=pick(None, int(rng.integers(0, 30))))


def mixed_rotary(name, rng, batch=2, length=4, heads=2, size=16, section=(3, 3, 2), layout=0, four=False,
                 interleaved=False, half=None):
    half = half or size // 2
    section = section if sum(section) == half else (half - 2 * (half // 3), half // 3, half // 3)
    shape = (batch, heads, length, size) if four else (batch, length, heads * size)
    cos, sin = tables(40, half)
    attributes = {"mrope_section": section, "mrope_layout": layout, "num_heads": heads}
    if interleaved:
        attributes["interleaved"] = 1
    if 2 * half != size:
        attributes["rotary_embedding_dim"] = 2 * half
    return Case(name, [node("MRotaryEmbedding", ["input", "position_ids", "cos_cache", "sin_cache"], ["output"],
                            **attributes)],
                {"input": rng.standard_normal(shape).astype("f"),
                 "position_ids": rng.integers(0, 40, (3, batch, length)).astype(numpy.int64)},
                ["output"], {"cos_cache": cos, "sin_cache": sin})


MIXED_ROTARY = [
    dict(), dict(layout=1), dict(layout=1, four=True), dict(interleaved=True), dict(half=6, layout=1),
    dict(section=(8, 0, 0), batch=1, length=1),
]


def random_mixed_rotary(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    size = int(pick(8, 16, 32, 64, 96))
    return dict(batch=int(pick(1, 2, 3)), length=int(rng.integers(1, 9)), heads=int(pick(1, 2, 5)), size=size,
                layout=int(pick(0, 1)), four=pick(False, True), interleaved=pick(False, True),
                half=pick(None, int(rng.integers(3, size // 2 + 1))))


def packed_attention(name, rng, batch=2, new=5, heads=2, size=8, width=12, past=0, unidirectional=False, mask=None,
                     bias=True, attention_bias=False, scale=None, present=False, value=None):
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    total = past + new
    inputs = {"input": normal(batch, new, width)}
    columns = heads * (2 * size + (value or size))
    constants = {"weights": normal(width, columns)}
    names = ["input", "weights", "", "", "", ""]

    def give(position, label, array):
        names[position] = label
        inputs[label] = array

    if bias:
        names[2] = "bias"
        constants["bias"] = normal(columns)
    if mask == "lengths":
        give(3, "mask_index", rng.integers(1, total + 1, batch).astype(numpy.int32))
    elif mask == "mask":
        keys = numpy.ones((batch, total), numpy.int32)
        keys[0, -1:] = 0
        give(3, "mask_index", keys)
    elif mask == "pairs":
        pairs = (rng.random((batch, new, total)) < 0.8).astype(numpy.int32)
        pairs[..., 0] = 1
        give(3, "mask_index", pairs)
    elif mask == "one":
        give(3, "mask_index", numpy.zeros((batch, 1), numpy.int32))
    if past:
        give(4, "past", normal(2, batch, heads, past, size))
    if attention_bias:
        give(5, "attention_bias", normal(batch, heads, new, total))
    while not names[-1]:
        names.pop()
    attributes = {"num_heads": heads}
    if unidirectional:
        attributes["unidirectional"] = 1
    if scale:
        attributes["scale"] = scale
    if value:
        attributes["qkv_hidden_sizes"] = [heads * size, heads * size, heads * value]
    outputs = ["output"] + (["present"] if past or present else [])
    return Case(name, [node("Attention", names, outputs, **attributes)], inputs, outputs, constants)


PACKED = [
    dict(), dict(unidirectional=True), dict(mask="lengths"), dict(mask="mask"), dict(mask="pairs"),
    dict(past=4, new=1, unidirectional=True), dict(past=3, new=2), dict(bias=False, batch=1), dict(scale=0.6),
    dict(attention_bias=True), dict(present=True, unidirectional=True), dict(new=2, value=4, mask="one"),
]


def random_packed(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    past = int(pick(0, 0, 1, 5))
    return dict(batch=int(pick(1, 2)), new=int(rng.integers(1, 8)), heads=int(pick(1, 2, 4)), size=int(pick(8, 16)),
                width=int(rng.integers(4, 40)), past=past, unidirectional=pick(False, True),
                mask=pick(None, None, "mask", "pairs") if past else pick(None, "lengths", "mask", "pairs"),
                bias=pick(True, True, False), attention_bias=pick(False, False, True), scale=pick(None, 0.4),
                value=None if past else pick(None, None, 8, 24))


def sparse_attention(name, rng, batch=1, new=40, past=0, heads=4, kv_heads=2, size=16, block=16, layouts=2,
                     packed=False, rotary=False, interleaved=False, scale=None, capacity=96):
    normal = lambda *shape: rng.standard_normal(shape).astype("f")
    blocks = capacity // block
    rows, columns = [], []
    for layout in range(layouts):
        mask = numpy.tril(rng.random((blocks, blocks)) < 0.5) | numpy.eye(blocks, dtype=bool)
        rows.append([0, *numpy.cumsum(mask.sum(1))])
        columns.append(numpy.nonzero(mask)[1])
    longest = max(map(len, columns))
    columns = [numpy.concatenate([c, numpy.full(longest - len(c), -1)]) for c in columns]
    total = past + new
    if packed:
        inputs = {"query": normal(batch, new, (heads + 2 * kv_heads) * size)}
        names = ["query", "", ""]
    else:
        inputs = {"query": normal(batch, new, heads * size), "key": normal(batch, new, kv_heads * size),
                  "value": normal(batch, new, kv_heads * size)}
        names = ["query", "key", "value"]
    held = {n: normal(batch, kv_heads, capacity, size) for n in ("past_key", "past_value")}
    for array in held.values():
        array[:, :, total:] = 0
    inputs |= held
    inputs |= {"block_row_indices": numpy.array(rows, numpy.int32),
               "block_col_indices": numpy.array(columns, numpy.int32),
               "total_sequence_length": numpy.array([total], numpy.int32),
               "key_total_sequence_lengths": numpy.full(batch, total, numpy.int32)}
    names += [*held, "block_row_indices", "block_col_indices", "total_sequence_length", "key_total_sequence_lengths"]
    constants = {}
    if rotary:
        constants["cos_cache"], constants["sin_cache"] = tables(128, size // 2)
        names += ["cos_cache", "sin_cache"]
    attributes = {"num_heads": heads, "kv_num_heads": kv_heads, "sparse_block_size": block, "do_rotary": int(rotary)}
    if interleaved:
        attributes["rotary_interleaved"] = 1
    if scale:
        attributes["scale"] = scale
    outputs = ["output", "present_key", "present_value"]
    return Case(name, [node("SparseAttention", names, outputs, **attributes)], inputs, outputs, constants,
                shared={"present_key": "past_key", "present_value": "past_value"})


SPARSE = [
    dict(), dict(packed=True, rotary=True), dict(new=1, past=37), dict(new=1, past=50, packed=True, rotary=True),
    dict(layouts=1, block=32), dict(batch=2, new=20, rotary=True, interleaved=True, capacity=48),
    dict(scale=0.1, layouts=4, new=20, capacity=48),
]


def random_sparse(rng):
    pick = lambda *choices: choices[rng.integers(len(choices))]
    kv_heads = int(pick(1, 2))
    past = int(pick(0, 0, 17, 40))
    return dict(batch=int(pick(1, 2)), new=1 if past else int(rng.integers(1, 60)), past=past, kv_heads=kv_heads,
                heads=kv_heads * int(pick(1, 2, 4)), size=int(pick(16, 32)), block=int(pick(16, 32)), layouts=1,
                packed=pick(False, True), rotary=pick(False, True), interleaved=pick(False, True),
                scale=pick(None, 0.3))
