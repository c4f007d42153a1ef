# SPDX-License-Identifier: Apache-2.0
"""Writes cases of the com.microsoft operators, with onnxruntime's answers, in ONNX's test-case layout.

    python make_contrib_cases.py --out ../contrib                       the committed cases
    python make_contrib_cases.py --out OUT --count 200 [--seed 7]       random ones (git-ignored, please)
    python make_contrib_cases.py --out OUT --deep --hashes FILE         random ones, as many as each family needs
    python make_contrib_cases.py --out OUT --family moe [--family …]    only these families

--hashes compares with a list of `CASE HASH HASH`, of graph and inputs, and of expected outputs; --update writes it. Other
inputs are an error; onnxruntime may give other bits on another CPU, which is only counted.

A case folder holds model.onnx, test_data_set_0/{input,output}_K.pb and case.json (rtol, atol). Where
`accuracy_level` 4 allows int8 activations, atol allows both them and float32 ones. Versions: `requirements-0.18.txt`.
"""

import argparse
import collections
import hashlib
import itertools
import pathlib
import shutil
import zlib

import numpy

import contrib_attention as attention
import contrib_bfloat16 as bfloat16
import contrib_experts as experts
import contrib_matmul as matmul
import contrib_pointwise as pointwise
import contrib_recurrent as recurrent

# The maker, its fixed cases, what draws a random one, and how many of those `--deep` makes.
FAMILIES = {
    "matmul_nbits": (matmul.matmul_nbits, matmul.MATMUL, matmul.random_matmul, 120),
    "gather_block_quantized": (matmul.gather, matmul.GATHER, matmul.random_gather, 100),
    "fused_matmul": (matmul.fused, matmul.FUSED, matmul.random_fused, 20),
    "group_query_attention": (attention.group_query, attention.GROUP_QUERY, attention.random_group_query, 200),
    "multi_head_attention": (attention.multi_head, attention.MULTI_HEAD, attention.random_multi_head, 100),
    "rotary_embedding": (attention.rotary, attention.ROTARY, attention.random_rotary, 100),
    "mixed_rotary": (attention.mixed_rotary, attention.MIXED_ROTARY, attention.random_mixed_rotary, 30),
    "norm": (pointwise.norm, pointwise.NORMS, pointwise.random_norm, 120),
    "activation": (pointwise.activation, pointwise.ACTIVATIONS, pointwise.random_activation, 80),
    "attention": (attention.packed_attention, attention.PACKED, attention.random_packed, 20),
    "sparse_attention": (attention.sparse_attention, attention.SPARSE, attention.random_sparse, 20),
    "gated": (pointwise.gated, pointwise.GATED, pointwise.random_gated, 40),
    "linear_attention": (recurrent.linear_attention, recurrent.LINEAR, recurrent.random_linear, 30),
    "linear_attention_gate": (recurrent.gate, recurrent.GATE, recurrent.random_gate, 20),
    "causal_conv": (recurrent.causal_conv, recurrent.CONV, recurrent.random_conv, 30),
    "moe": (experts.moe, experts.MOE, experts.random_moe, 30),
    "qmoe": (experts.qmoe, experts.QMOE, experts.random_qmoe, 30),
    "dynamic_quantize_matmul": (matmul.dynamic_quantize, matmul.DYNAMIC, matmul.random_dynamic, 20),
    "matmul_integer_to_float": (matmul.integer_to_float, matmul.INTEGER, matmul.random_integer, 20),
    "matmul_bnb4": (matmul.bnb4, matmul.BNB4, matmul.random_bnb4, 20),
    "matmul_nbits_long": (matmul.matmul_nbits, matmul.LONG, matmul.random_long, 40),
    **bfloat16.FAMILIES,
}


def label(parameters):
    def text(value):
        if isinstance(value, (tuple, list)):
            return "x".join(map(text, value)) or "scalar"
        return str(value).replace("-", "m").replace(".", "p")

    parts = [key if value is True else f"no_{key}" if value is False else f"{key}{text(value)}"
             for key, value in parameters.items() if value is not None]
    return "_".join(parts) or "plain"


def plans_of(family, arguments):
    """The names and parameters of a family's cases, without end for random ones, and how many are wanted."""
    make, fixed, draw, deep = FAMILIES[family]
    if arguments.count is None and not arguments.deep:
        names = [f"{family}_{label(p)}" for p in fixed]
        assert len(names) == len(set(names)), [n for n in names if names.count(n) > 1]
        return iter(list(zip(names, fixed))), len(fixed)
    rng = numpy.random.default_rng(zlib.crc32(f"{family} {arguments.seed}".encode()))
    random = ((f"{family}_{arguments.seed}_{i}", draw(rng)) for i in itertools.count())
    return random, arguments.count or deep


def hashes(folder):
    """Of the graph with its inputs, and of the expected outputs."""
    parts = {"input": hashlib.sha256((folder / "model.onnx").read_bytes()), "output": hashlib.sha256()}
    for path in sorted((folder / "test_data_set_0").iterdir()):
        parts[path.name.split("_")[0]].update(path.read_bytes())
    return " ".join(part.hexdigest()[:16] for part in parts.values())


def check_hashes(path, out, update):
    made = {folder.parent.name: hashes(folder.parent) for folder in sorted(out.glob("*/case.json"))}
    if update:
        path.write_text("# CASE, then SHA-256 (64 bits) of graph and inputs, and of the expected outputs.\n" + "".join(
            f"{name} {value}\n" for name, value in made.items()))
        return
    listed = dict(line.split(" ", 1) for line in path.read_text().splitlines() if line and line[0] != "#")
    inputs = lambda table, name: table.get(name, "").split(" ")[0]
    other = sorted(n for n in {*made, *listed} if inputs(made, n) != inputs(listed, n))
    if other:
        raise SystemExit(f"{path}: {len(other)} cases are not those that are listed: {', '.join(other[:10])}")
    bits = sum(made[n] != listed[n] for n in made)
    print(f"{len(made)} cases as listed; the oracle's bits differ in {bits}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, help="random cases per family, instead of the fixed ones")
    parser.add_argument("--deep", action="store_true", help="as many random cases as each family needs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--hashes", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    families = arguments.family or list(FAMILIES)
    for folder in arguments.out.glob("*/"):
        if (folder / "case.json").exists() and not arguments.family:
            shutil.rmtree(folder)
    counts, size, refused = collections.Counter(), 0, []
    for family in families:
        plans, wanted = plans_of(family, arguments)
        while counts[family] < wanted and len([r for r in refused if r[0].startswith(family)]) < wanted:
            name, parameters = next(plans, (None, None))
            if name is None:
                break
            rng = numpy.random.default_rng(zlib.crc32(name.encode()))
            try:
                size += FAMILIES[family][0](name, rng, **parameters).write(arguments.out)
                counts[family] += 1
            except Exception as error:
                refused.append((name, parameters, str(error).strip().splitlines()[-1][-240:]))
    for name, parameters, reason in refused:
        print(f"left out {name}: {reason}" + (f" {parameters}" if arguments.count else ""))
    print(f"{sum(counts.values())} cases, {size} bytes: {dict(counts)}")
    if arguments.hashes:
        check_hashes(arguments.hashes, arguments.out, arguments.update)


if __name__ == "__main__":
    main()
