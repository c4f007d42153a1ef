#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One measurement of ONNXLM as its users meet it: `onnxlm generate`, which guesses tokens by itself."""
import json
import resource
import subprocess

import common


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--onnxlm", required=True)
    options = parser.parse_args()
    # `generate` has no unmeasured run.
    tokens, new_tokens = list(common.runs(options, 30_000))[-1]
    done = subprocess.run(
        [options.onnxlm, "generate", options.model, "--tokens", ",".join(map(str, tokens)), "--max-tokens",
         str(new_tokens + 1), "--greedy", "--repetition-penalty", "1", "--ignore-eos", "--threads",
         str(options.threads), "--json"], check=True, text=True, stdout=subprocess.PIPE)
    answer = json.loads(done.stdout)
    if len(answer["tokens"]) != new_tokens + 1:
        raise SystemExit(f"onnxlm made {len(answer['tokens'])} tokens instead of {new_tokens + 1}")
    timings = answer["timings"]
    common.report(options, timings["load_seconds"], timings["prefill_seconds"], timings["decode_seconds"],
                  who=resource.RUSAGE_CHILDREN, drafted_tokens=timings["drafted_tokens"],
                  accepted_tokens=timings["accepted_tokens"])


if __name__ == "__main__":
    main()
