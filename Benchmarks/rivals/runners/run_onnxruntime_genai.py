#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One measurement of onnxruntime-genai."""
import json
import time
from pathlib import Path

import numpy
import onnxruntime_genai as genai

import common


def main():
    options = common.arguments(__doc__).parse_args()
    started = time.perf_counter()
    config = genai.Config(options.model)
    config.overlay(json.dumps({"model": {"decoder": {"session_options": {
        "intra_op_num_threads": options.threads, "inter_op_num_threads": 1}}}}))
    model = genai.Model(config)
    load_seconds = time.perf_counter() - started

    vocabulary = json.loads((Path(options.model) / "genai_config.json").read_text())["model"]["vocab_size"]
    for prompt, new_tokens in common.runs(options, vocabulary):
        tokens = numpy.array(prompt, dtype=numpy.int32)
        total = len(prompt) + new_tokens + 1
        parameters = genai.GeneratorParams(model)
        # The minimum keeps an end-of-sequence token from stopping the run.
        parameters.set_search_options(max_length=total, min_length=total, do_sample=False)
        generator = genai.Generator(model, parameters)
        begin = time.perf_counter()
        generator.append_tokens(tokens)
        generator.generate_next_token()
        prefilled = time.perf_counter()
        for _ in range(new_tokens):
            generator.generate_next_token()
        end = time.perf_counter()
        del generator
    common.report(options, load_seconds, prefilled - begin, end - prefilled)


if __name__ == "__main__":
    main()
