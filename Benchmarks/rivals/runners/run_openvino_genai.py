#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One measurement of OpenVINO GenAI, on a GGUF file."""
import time

import numpy
import openvino
import openvino_genai as genai

import common


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--attention", choices=["PA", "SDPA"], required=True, help="the pipeline's back end")
    parser.add_argument("--tokenizer", required=True, help="a file that has one; the model's own is not used")
    parser.add_argument("--guesses", type=int, default=0, help="tokens that its prompt lookup guesses at a time; 0: none")
    options = parser.parse_args()
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads,
                "ATTENTION_BACKEND": options.attention}
    if options.guesses:
        settings["prompt_lookup"] = True
    # Made apart, so that loading a model is not charged with it: the other engines read no texts either.
    tokenizer = genai.Tokenizer(options.tokenizer)
    started = time.perf_counter()
    pipeline = genai.LLMPipeline(options.model, tokenizer, "CPU", **settings)
    load_seconds = time.perf_counter() - started

    for prompt, new_tokens in common.runs(options, 30_000):
        tokens = numpy.array([prompt], dtype=numpy.int64)
        inputs = genai.TokenizedInputs(openvino.Tensor(tokens), openvino.Tensor(numpy.ones_like(tokens)))
        settings = genai.GenerationConfig(max_new_tokens=new_tokens + 1, min_new_tokens=new_tokens + 1,
                                          ignore_eos=True, do_sample=False)
        if options.guesses:
            settings.num_assistant_tokens, settings.max_ngram_size = options.guesses, 3
        times = [time.perf_counter()]

        class Clock(genai.StreamerBase):
            def write(self, token):
                count = len(token) if isinstance(token, (list, tuple)) else 1
                times.extend([time.perf_counter()] * count)
                return genai.StreamingStatus.RUNNING

            def end(self):
                pass

        pipeline.generate(inputs, settings, Clock())
    if len(times) != new_tokens + 2:
        raise SystemExit(f"OpenVINO GenAI made {len(times) - 1} tokens instead of {new_tokens + 1}")
    common.report(options, load_seconds, times[1] - times[0], times[-1] - times[1])


if __name__ == "__main__":
    main()
