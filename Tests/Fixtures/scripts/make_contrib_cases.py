# SPDX-License-Identifier: Apache-2.0
"""Writes cases of the com.microsoft operators, with onnxruntime's answers, in ONNX's test-case layout.

    python make_contrib_cases.py --out ../contrib                       the committed cases
    python make_contrib_cases.py --out OUT --count 200 [--seed 7]       random ones (git-ignored, please)

A case folder holds model.onnx, test_data_set_0/{input,output}_K.pb and case.json (rtol, atol). Where
`accuracy_level` 4 allows int8 activations, atol allows both them and float32 ones. Versions: `requirements-0.18.txt`.
"""

import argparse
import collections
import pathlib
import shutil
import zlib

import numpy

import contrib_attention as attention
import contrib_matmul as matmul
import contrib_pointwise as pointwise

FAMILIES = {
    "matmul_nbits": (matmul.matmul_nbits, matmul.MATMUL, matmul.random_matmul),
    "gather_block_quantized": (matmul.gather, matmul.GATHER, matmul.random_gather),
    "fused_matmul": (matmul.fused, matmul.FUSED, None),
    "group_query_attention": (attention.group_query, attention.GROUP_QUERY, attention.random_group_query),
    "multi_head_attention": (attention.multi_head, attention.MULTI_HEAD, None),
    "rotary_embedding": (attention.rotary, attention.ROTARY, None),
    "norm": (pointwise.norm, pointwise.NORMS, None),
    "activation": (pointwise.activation, pointwise.ACTIVATIONS, None),
}


def label(parameters):
    def text(value):
        if isinstance(value, (tuple, list)):
            return "x".join(map(text, value)) or "scalar"
        return str(value).replace("-", "m").replace(".", "p")

    parts = [key if value is True else f"no_{key}" if value is False else f"{key}{text(value)}"
             for key, value in parameters.items() if value is not None]
    return "_".join(parts) or "plain"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, help="random cases per family that has any, instead of the fixed ones")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for folder in arguments.out.glob("*/"):
        if (folder / "case.json").exists():
            shutil.rmtree(folder)
    counts, size, refused = collections.Counter(), 0, []
    for family, (make, fixed, draw) in FAMILIES.items():
        if arguments.count is None:
            plans = [(f"{family}_{label(p)}", p) for p in fixed]
        elif draw:
            rng = numpy.random.default_rng(arguments.seed)
            plans = [(f"{family}_{arguments.seed}_{i}", draw(rng)) for i in range(arguments.count)]
        else:
            continue
        names = [name for name, _ in plans]
        assert len(names) == len(set(names)), [n for n in names if names.count(n) > 1]
        for name, parameters in plans:
            rng = numpy.random.default_rng(zlib.crc32(name.encode()))
            try:
                size += make(name, rng, **parameters).write(arguments.out)
                counts[family] += 1
            except Exception as error:
                refused.append((name, parameters, str(error).strip().splitlines()[-1][-240:]))
    for name, parameters, reason in refused:
        print(f"left out {name}: {reason}")
    print(f"{sum(counts.values())} cases, {size} bytes: {dict(counts)}")


if __name__ == "__main__":
    main()
