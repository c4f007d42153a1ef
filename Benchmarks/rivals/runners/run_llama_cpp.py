#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One measurement of llama.cpp, through the C interface that llama-cpp-python binds."""
import ctypes
import time

import llama_cpp as llama
import numpy

import common


def main():
    parser = common.arguments(__doc__)
    parser.add_argument("--flash-attention", choices=["on", "off"], required=True)
    parser.add_argument("--ubatch", type=int, default=512, help="tokens computed together in prefill")
    options = parser.parse_args()

    silent = llama.llama_log_callback(lambda level, text, data: None)
    llama.llama_log_set(silent, None)
    llama.llama_backend_init()
    started = time.perf_counter()
    # Mapped and repacked, as by default.
    model = llama.llama_model_load_from_file(options.model.encode(), llama.llama_model_default_params())
    if not model:
        raise SystemExit(f"llama.cpp does not load {options.model}")
    parameters = llama.llama_context_default_params()
    parameters.n_ctx = (options.prompt_tokens + options.new_tokens + 255) // 256 * 256
    parameters.n_batch = parameters.n_ubatch = min(options.ubatch, parameters.n_ctx)
    parameters.n_threads = parameters.n_threads_batch = options.threads
    parameters.flash_attn_type = (llama.LLAMA_FLASH_ATTN_TYPE_ENABLED if options.flash_attention == "on"
                                  else llama.LLAMA_FLASH_ATTN_TYPE_DISABLED)
    context = llama.llama_init_from_model(model, parameters)
    if not context:
        raise SystemExit("llama.cpp makes no context")
    load_seconds = time.perf_counter() - started
    vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(model))

    def step(tokens):
        """Reads tokens and gives the likeliest next one."""
        array = (llama.llama_token * len(tokens))(*tokens)
        for begin in range(0, len(tokens), parameters.n_batch):
            count = min(parameters.n_batch, len(tokens) - begin)
            part = ctypes.cast(ctypes.byref(array, begin * ctypes.sizeof(llama.llama_token)),
                               ctypes.POINTER(llama.llama_token))
            if llama.llama_decode(context, llama.llama_batch_get_one(part, count)) != 0:
                raise SystemExit("llama.cpp failed to decode")
        logits = llama.llama_get_logits_ith(context, -1)
        return int(numpy.ctypeslib.as_array(logits, shape=(vocabulary,)).argmax())

    for prompt, new_tokens in common.runs(options, vocabulary):
        llama.llama_memory_clear(llama.llama_get_memory(context), False)
        begin = time.perf_counter()
        token = step(prompt)
        prefilled = time.perf_counter()
        for _ in range(new_tokens):
            token = step([token])
        end = time.perf_counter()
    common.report(options, load_seconds, prefilled - begin, end - prefilled)


if __name__ == "__main__":
    main()
