# SPDX-License-Identifier: Apache-2.0
"""Writes the default model's GGUF as MatMulNBits without quantizing again.

    python default_model_repack.py OFFICIAL OUT [--zero-points float|integer|byte] [--level 0|1|4]

OFFICIAL is a folder of the 0.18.0 builder (`-p int4`, `algo_config=rtn`, `matmul_mixed_precision=last_matmul:int8`).
Q4_1 is `d * q + m` over 32 weights, which is MatMulNBits with the scale `d` and the zero point `-m / d`: exact as a
float, or rounded to an integer of 0…15; `byte` writes it with 8 bits as `16 q`, scale `d / 16`, where the rounded
zero point is 16 times finer. Q8_0 is MatMulNBits with 8 bits and no zero points, exactly.
"""

import argparse
import pathlib
import shutil

import gguf
import numpy
import onnx

import default_model

BLOCK = 32


def _rows(data, rows, block_bytes):
    return numpy.asarray(data).view(numpy.uint8).reshape(rows, -1, block_bytes)


def q4_1(tensor):
    """Packed nibbles (low bits first), scales and minima of a Q4_1 tensor."""
    rows = int(tensor.shape[1])
    blocks = _rows(tensor.data, rows, 20)
    half = blocks[:, :, :4].copy().view(numpy.float16).astype(numpy.float32)
    packed = blocks[:, :, 4:]
    # GGUF: byte j holds weight j (low) and j + 16 (high); MatMulNBits: weights 2j and 2j + 1.
    values = numpy.concatenate([packed & 15, packed >> 4], -1)
    return values[..., 0::2] | (values[..., 1::2] << 4), half[..., 0], half[..., 1]


def q8_0(tensor):
    """Unsigned bytes and scales of a Q8_0 tensor."""
    blocks = _rows(tensor.data, int(tensor.shape[1]), 34)
    scales = blocks[:, :, :2].copy().view(numpy.float16).astype(numpy.float32)[..., 0]
    return (blocks[:, :, 2:].view(numpy.int8).astype(numpy.int16) + 128).astype(numpy.uint8), scales


def unpermuted(arrays, heads):
    def move(a):
        return a.reshape(heads, a.shape[0] // heads // 2, 2, *a.shape[1:]).swapaxes(1, 2).reshape(a.shape)

    return [move(a) for a in arrays]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("official", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--zero-points", choices=["float", "integer", "byte"], default="float")
    parser.add_argument("--level", type=int, default=4)
    arguments = parser.parse_args()
    reader = gguf.GGUFReader(default_model.gguf_path())
    tensors = {t.name: t for t in reader.tensors}
    heads = reader.fields["llama.attention.head_count"].contents()
    kv_heads = reader.fields["llama.attention.head_count_kv"].contents()
    model = onnx.load(arguments.official / "model.onnx")
    held = {t.name: t for t in model.graph.initializer}

    def replace(name, array):
        held[name].CopyFrom(onnx.numpy_helper.from_array(numpy.ascontiguousarray(array), name))

    clipped = 0
    for node in model.graph.node:
        if node.op_type != "MatMulNBits":
            continue
        attributes = {a.name: a for a in node.attribute}
        attributes["accuracy_level"].i = arguments.level
        weight, scale = node.input[1:3]
        if node.name.startswith("/lm_head"):
            values, scales = q8_0(tensors["token_embd.weight"])
            replace(weight, values)
            replace(scale, scales)
            continue
        layer, kind = node.name.split("/")[2].split(".")[1], node.name.split("/")[4]
        parts = {"qkv_proj": ["attn_q", "attn_k", "attn_v"], "o_proj": ["attn_output"], "gate_proj": ["ffn_gate"],
                 "up_proj": ["ffn_up"], "down_proj": ["ffn_down"]}[kind]
        columns = []
        for part in parts:
            arrays = q4_1(tensors[f"blk.{layer}.{part}.weight"])
            if part in ("attn_q", "attn_k"):
                arrays = unpermuted(arrays, heads if part == "attn_q" else kv_heads)
            columns.append(arrays)
        values, scales, minima = (numpy.concatenate(a) for a in zip(*columns))
        flat = scales == 0
        zero = -minima / numpy.where(flat, 1, scales)
        values[flat] = 0
        scales = numpy.where(flat, 1, scales)
        name = f"{weight}_zero_points"
        if arguments.zero_points == "float":
            zero_points = zero
        elif arguments.zero_points == "byte":
            values = numpy.stack([values & 15, values >> 4], -1).reshape(*values.shape[:2], BLOCK) << 4
            scales, zero = scales / 16, zero * 16
            zero_points = numpy.clip(numpy.round(zero), 0, 255).astype(numpy.uint8)
            clipped += int((numpy.abs(zero - zero_points) > 0.51).sum())
            attributes["bits"].i = 8
        else:
            rounded = numpy.clip(numpy.round(zero), 0, 15).astype(numpy.uint8)
            clipped += int((numpy.abs(zero - rounded) > 0.51).sum())
            if rounded.shape[1] % 2:
                rounded = numpy.concatenate([rounded, numpy.zeros_like(rounded[:, :1])], 1)
            zero_points = rounded[:, 0::2] | (rounded[:, 1::2] << 4)
        replace(weight, values)
        replace(scale, scales)
        model.graph.initializer.append(onnx.numpy_helper.from_array(numpy.ascontiguousarray(zero_points), name))
        node.input.append(name)
    shutil.rmtree(arguments.out, ignore_errors=True)
    arguments.out.mkdir(parents=True)
    for file in arguments.official.iterdir():
        if not file.name.startswith("model.onnx"):
            shutil.copy(file, arguments.out / file.name)
    onnx.save_model(model, arguments.out / "model.onnx", save_as_external_data=True, all_tensors_to_one_file=True,
                    location="model.onnx.data", size_threshold=0, convert_attribute=False)
    print(f"blocks whose zero point is outside 0…15: {clipped}")


if __name__ == "__main__":
    main()
