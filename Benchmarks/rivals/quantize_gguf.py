#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""quantize_gguf.py IN OUT: a GGUF file with its matrices in Q4_0, embedding and last product in Q8_0."""
import ctypes
import sys

import llama_cpp as llama


def main():
    source, target = sys.argv[1:]
    parameters = llama.llama_model_quantize_default_params()
    parameters.ftype = llama.LLAMA_FTYPE_MOSTLY_Q4_0
    parameters.allow_requantize = True
    # Every matrix alike, so that a folder with the same bits can be written.
    parameters.pure = True
    parameters.output_tensor_type = parameters.token_embedding_type = llama.GGML_TYPE_Q8_0
    silent = llama.llama_log_callback(lambda level, text, data: None)
    llama.llama_log_set(silent, None)
    if llama.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(parameters)) != 0:
        sys.exit(f"llama.cpp does not quantize {source}")


if __name__ == "__main__":
    main()
