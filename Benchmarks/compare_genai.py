#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times ONNXLM and onnxruntime-genai in turn on one model folder and prints medians and ratios.

Each measurement is a process of its own, so that both load the model afresh and neither runs beside the other.
Both read the same invented prompt, compute the same number of new tokens greedily, whatever they are, and do each
run once unmeasured before the measured one.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path


def measure_genai(arguments):
    """One measurement of onnxruntime-genai, printed as a JSON object; runs in a child process."""
    import numpy
    import onnxruntime_genai as genai

    started = time.perf_counter()
    config = genai.Config(arguments.model)
    config.overlay(json.dumps({"model": {"decoder": {"session_options": {
        "intra_op_num_threads": arguments.threads, "inter_op_num_threads": 1}}}}))
    model = genai.Model(config)
    load_seconds = time.perf_counter() - started

    configuration = json.loads((Path(arguments.model) / "genai_config.json").read_text())
    vocabulary = max(1, min(configuration["model"]["vocab_size"], 30_000))
    prompt = numpy.array([(i * 7919 + 13) % vocabulary for i in range(arguments.prompt_tokens)], dtype=numpy.int32)
    total = arguments.prompt_tokens + arguments.new_tokens + 1
    for _ in range(2):
        parameters = genai.GeneratorParams(model)
        # The minimum keeps an end-of-sequence token from stopping the run.
        parameters.set_search_options(max_length=total, min_length=total, do_sample=False)
        generator = genai.Generator(model, parameters)
        begin = time.perf_counter()
        generator.append_tokens(prompt)
        generator.generate_next_token()
        prefilled = time.perf_counter()
        for _ in range(arguments.new_tokens):
            generator.generate_next_token()
        end = time.perf_counter()
        del generator
    print(json.dumps({
        "load_seconds": load_seconds,
        "prefill_tokens_per_second": arguments.prompt_tokens / (prefilled - begin),
        "decode_tokens_per_second": arguments.new_tokens / (end - prefilled)}))


def run(command):
    """Runs a measurement and gives the JSON object it prints."""
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[0]} ended with status {result.returncode}")
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the model folder")
    parser.add_argument("--onnxlm", default=".build/release/onnxlm", help="the command (default: %(default)s)")
    parser.add_argument("--prompt-tokens", type=int, default=128)
    parser.add_argument("--new-tokens", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--measure-genai", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if min(arguments.prompt_tokens, arguments.new_tokens, arguments.threads, arguments.repeat) < 1:
        parser.error("counts begin at 1")
    if arguments.measure_genai:
        return measure_genai(arguments)

    counts = ["--prompt-tokens", str(arguments.prompt_tokens), "--new-tokens", str(arguments.new_tokens),
              "--threads", str(arguments.threads)]
    commands = {
        "onnxlm": [arguments.onnxlm, "bench", arguments.model, *counts, "--repeat", "1", "--json"],
        "genai": [sys.executable, __file__, arguments.model, *counts, "--measure-genai"],
    }
    runs = {name: [] for name in commands}
    for turn in range(arguments.repeat):
        # Who begins changes from turn to turn.
        for name in sorted(commands, reverse=turn % 2 == 0):
            print(f"{turn + 1}/{arguments.repeat} {name}", file=sys.stderr)
            runs[name].append(run(commands[name]))

    # A ratio above 1 means that ONNXLM is faster.
    report = {}
    for key in ["prefill_tokens_per_second", "decode_tokens_per_second", "load_seconds"]:
        ours, theirs = (statistics.median(row[key] for row in runs[name]) for name in ["onnxlm", "genai"])
        report[key] = {"onnxlm": ours, "genai": theirs,
                       "ratio": theirs / ours if key == "load_seconds" else ours / theirs}
    if arguments.json:
        print(json.dumps({"medians": report, "runs": runs}, indent=1))
        return
    print(f"{'median of ' + str(arguments.repeat):28}{'onnxlm':>10}{'genai':>10}{'ratio':>8}")
    for key, row in report.items():
        print(f"{key:28}{row['onnxlm']:10.2f}{row['genai']:10.2f}{row['ratio']:8.2f}")


if __name__ == "__main__":
    main()
