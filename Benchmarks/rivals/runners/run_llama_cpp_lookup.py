#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One measurement of llama.cpp with the prompt lookup of llama-cpp-python."""
import time

import llama_cpp
from llama_cpp.llama_speculative import LlamaPromptLookupDecoding

import common


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--guesses", type=int, required=True, help="tokens guessed at a time")
    options = parser.parse_args()
    prompts = list(common.runs(options, 30_000))
    context = (max(len(prompt) + new_tokens for prompt, new_tokens in prompts) + options.guesses + 256) // 256 * 256
    started = time.perf_counter()
    # Without room for all logits its lookup fails behind 512 tokens.
    model = llama_cpp.Llama(options.model, n_ctx=context, n_batch=context, n_threads=options.threads,
                            n_threads_batch=options.threads, flash_attn=True, logits_all=True, verbose=False,
                            draft_model=LlamaPromptLookupDecoding(num_pred_tokens=options.guesses))
    load_seconds = time.perf_counter() - started
    for prompt, new_tokens in prompts:
        model.reset()
        times = [time.perf_counter()]
        for _ in model.generate(prompt, temp=0.0, top_k=1, repeat_penalty=1.0, reset=False):
            times.append(time.perf_counter())
            if len(times) == new_tokens + 2:
                break
    common.report(options, load_seconds, times[1] - times[0], times[-1] - times[1])


if __name__ == "__main__":
    main()
