# SPDX-License-Identifier: Apache-2.0
"""Writes one small row per GGUF storage type, with the floats that gguf-py decodes from it.

Pinned: gguf 0.19.0, numpy 2.4.6. Usage: python make_gguf_rows.py ../gguf
"""
import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T

TYPES = [T.F32, T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q4_K, T.Q5_K, T.Q6_K]
# Places of float16 numbers in a block, which random bytes must not make infinite or NaN.
HALVES = {
    T.Q8_0: [0], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q4_K: [0, 2], T.Q5_K: [0, 2],
    T.Q6_K: [208],
}


def main(folder: pathlib.Path) -> None:
    random = np.random.default_rng(20240607)
    for kind in TYPES:
        length, size = gguf.GGML_QUANT_SIZES[kind]
        count = max(64, 2 * length)
        if kind in HALVES:
            raw = random.integers(0, 256, (count // length, size), dtype=np.uint8)
            for place in HALVES[kind]:
                values = random.normal(0, 0.5, len(raw)).astype(np.float16)
                values[-1] = np.float16(-6e-7)  # a subnormal number
                raw[:, place : place + 2] = values.view(np.uint8).reshape(-1, 2)
            raw = raw.reshape(-1)
        else:
            values = random.normal(0, 1, count).astype(np.float32)
            values[:4] = [0.0, -0.0, 6e-8, 65504.0]
            raw = gguf.quants.quantize(values, kind).view(np.uint8).reshape(-1)
        source = raw.view(np.float32) if kind == T.F32 else raw.view(np.float16) if kind == T.F16 else raw
        decoded = gguf.quants.dequantize(source, kind).astype(np.float32)
        (folder / f"{kind.name}.raw").write_bytes(raw.tobytes())
        (folder / f"{kind.name}.f32").write_bytes(decoded.astype("<f4").tobytes())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
