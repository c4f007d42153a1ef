# SPDX-License-Identifier: Apache-2.0
"""What the runners of the rivals share: their arguments, the prompt, and the line of JSON that each prints."""
import argparse
import json
import resource
from pathlib import Path


def arguments(description):
    """A parser with what every runner takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model")
    parser.add_argument("--prompt-tokens", type=int, required=True)
    parser.add_argument("--new-tokens", type=int, required=True)
    parser.add_argument("--warm-up-tokens", type=int, required=True, help="prompt of the unmeasured run; 0 for none")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--prompt-file", type=Path, help="a JSON list of tokens, in place of invented ones")
    return parser


def prompt(count, vocabulary, first=13):
    """The tokens that `onnxlm bench` reads too, or others of the kind with another `first`."""
    limit = max(1, min(vocabulary, 30_000))
    return [(index * 7919 + first) % limit for index in range(count)]


def runs(options, vocabulary):
    """Prompt and number of new tokens of the unmeasured run, then of the measured one.

    The prompts differ, so that nothing is kept from the first (OpenVINO GenAI keeps caches of equal beginnings).
    """
    if options.warm_up_tokens > 0:
        yield prompt(options.warm_up_tokens, vocabulary, 17), 4
    given = json.loads(options.prompt_file.read_text()) if options.prompt_file else None
    yield given or prompt(options.prompt_tokens, vocabulary), options.new_tokens


def report(options, load_seconds, prefill_seconds, decode_seconds, who=resource.RUSAGE_SELF, **more):
    """Prints the measured run. `decode_seconds` is the time of `new_tokens` tokens behind the first."""
    print(json.dumps({
        "load_seconds": load_seconds,
        "prefill_tokens_per_second": options.prompt_tokens / prefill_seconds,
        "decode_tokens_per_second": options.new_tokens / decode_seconds,
        "peak_rss_bytes": resource.getrusage(who).ru_maxrss * 1024, **more}))
