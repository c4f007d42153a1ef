#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a GGUF file of Phi-4-mini's shape with random weights in Q4_0, the bits of `onnxlm synthesize phi-4-mini`.

There is no tokenizer: measurements feed tokens. Blocks are 32 weights with one float16 scale; the embedding, which the
last product shares, has the same format.
"""
import argparse
import os
from pathlib import Path

import gguf
import numpy

HIDDEN, FEED_FORWARD, HEADS, KEY_VALUE_HEADS, HEAD_SIZE, VOCABULARY = 3072, 8192, 24, 8, 128, 200_064
BLOCK, BLOCK_BYTES = 32, 18


def q4_0(generator, outputs, inputs):
    """Random blocks of a matrix, as bytes: (outputs, inputs / 32 * 18)."""
    blocks = numpy.empty((outputs * inputs // BLOCK, BLOCK_BYTES), dtype=numpy.uint8)
    # Uniform codes around 8 deviate by 4.6: products keep the size of their inputs. Signs cancel the mean of -0.5.
    size = 1 / (4.6 * inputs ** 0.5)
    scales = size * generator.uniform(0.75, 1.25, len(blocks)) * generator.choice([-1.0, 1.0], len(blocks))
    blocks[:, :2] = scales.astype(numpy.float16).view(numpy.uint8).reshape(-1, 2)
    blocks[:, 2:] = numpy.frombuffer(generator.bytes(len(blocks) * 16), dtype=numpy.uint8).reshape(-1, 16)
    return blocks.reshape(outputs, inputs // BLOCK * BLOCK_BYTES)


def phi3_layer(layer):
    """Names and sizes of a layer's matrices, packed as llama.cpp reads the architecture `phi3`."""
    heads = HEADS + 2 * KEY_VALUE_HEADS
    yield f"blk.{layer}.attn_qkv.weight", heads * HEAD_SIZE, HIDDEN
    yield f"blk.{layer}.attn_output.weight", HIDDEN, HEADS * HEAD_SIZE
    yield f"blk.{layer}.ffn_up.weight", 2 * FEED_FORWARD, HIDDEN
    yield f"blk.{layer}.ffn_down.weight", HIDDEN, FEED_FORWARD


def llama_layer(layer):
    """The same weights in the parts that the architecture `llama` has, for engines that do not read `phi3`."""
    yield f"blk.{layer}.attn_q.weight", HEADS * HEAD_SIZE, HIDDEN
    yield f"blk.{layer}.attn_k.weight", KEY_VALUE_HEADS * HEAD_SIZE, HIDDEN
    yield f"blk.{layer}.attn_v.weight", KEY_VALUE_HEADS * HEAD_SIZE, HIDDEN
    yield f"blk.{layer}.attn_output.weight", HIDDEN, HEADS * HEAD_SIZE
    yield f"blk.{layer}.ffn_gate.weight", FEED_FORWARD, HIDDEN
    yield f"blk.{layer}.ffn_up.weight", FEED_FORWARD, HIDDEN
    yield f"blk.{layer}.ffn_down.weight", HIDDEN, FEED_FORWARD


def tensors(layers, architecture):
    """Name, outputs and inputs of each tensor; vectors have no inputs."""
    yield "token_embd.weight", VOCABULARY, HIDDEN
    yield "output_norm.weight", HIDDEN, None
    if architecture == "phi3":
        yield "rope_factors_long.weight", 48, None
        yield "rope_factors_short.weight", 48, None
    for layer in range(layers):
        yield f"blk.{layer}.attn_norm.weight", HIDDEN, None
        yield f"blk.{layer}.ffn_norm.weight", HIDDEN, None
        yield from (phi3_layer if architecture == "phi3" else llama_layer)(layer)


def vector(name, length):
    """Norms of ones; divisors of frequencies, whose values do not change the work."""
    last = 32 if name == "rope_factors_long.weight" else 1
    return numpy.geomspace(1, last, length, dtype=numpy.float32)


def write(path, layers, architecture="phi3"):
    """Writes the file; it appears under its name when it is whole."""
    generator = numpy.random.default_rng(1)
    partial = Path(f"{path}.partial")
    writer = gguf.GGUFWriter(partial, architecture)
    writer.add_context_length(131_072)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_block_count(layers)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_VALUE_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(VOCABULARY)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_tokenizer_model("none")
    if architecture == "phi3":
        writer.add_rope_dimension_count(96)
        writer.add_rope_scaling_orig_ctx_len(4096)
    else:
        writer.add_rope_dimension_count(HEAD_SIZE)

    # Sizes first, then one tensor after the other: the whole is larger than some machines' memory.
    matrices = list(tensors(layers, architecture))
    for name, outputs, inputs in matrices:
        if inputs is None:
            writer.add_tensor_info(name, (outputs,), numpy.dtype(numpy.float32), outputs * 4)
        else:
            size = outputs * inputs // BLOCK * BLOCK_BYTES
            writer.add_tensor_info(name, (outputs, inputs // BLOCK * BLOCK_BYTES), numpy.dtype(numpy.uint8), size,
                                   gguf.GGMLQuantizationType.Q4_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, outputs, inputs in matrices:
        writer.write_tensor_data(vector(name, outputs) if inputs is None else q4_0(generator, outputs, inputs))
    writer.close()
    os.replace(partial, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--architecture", choices=["phi3", "llama"], default="phi3")
    options = parser.parse_args()
    write(options.path, options.layers, options.architecture)


if __name__ == "__main__":
    main()
