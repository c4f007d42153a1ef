# SPDX-License-Identifier: Apache-2.0
"""Judges model folders that this package wrote: onnx's checker, onnxruntime, and gguf-py for the weights.

Usage: python check_export.py FOLDER... [--gguf FILE]
With --gguf, the weights of the last folder must agree with those that gguf-py decodes from FILE.
Pinned: onnx 1.23.2, onnxruntime 1.32.0, gguf 0.19.0, numpy 2.4.6. Exits with 1 when a folder fails.
"""
import argparse
import contextlib
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

# Largest mean error of a matrix, relative to its root mean square, by bits: half a step of a block's range.
TOLERANCE = {4: 0.16, 8: 0.01}


def check_graph(folder: pathlib.Path) -> onnx.ModelProto:
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    # The builder puts this operator of onnxruntime's into onnx's own domain, where the checker does not know it.
    for node in copy.graph.node:
        if node.op_type == "SimplifiedLayerNormalization":
            node.domain = "com.microsoft"
    # Older files are not sorted, which onnxruntime takes and the checker does not.
    if model.ir_version >= 10:
        with contextlib.chdir(folder):
            onnx.checker.check_model(copy)
    end = (folder / "model.onnx.data").stat().st_size
    places = []
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        entry = {item.key: item.value for item in tensor.external_data}
        offset, length = int(entry["offset"]), int(entry["length"])
        assert offset + length <= end, f"{tensor.name} ends after the data file"
        assert offset % (4096 if length >= 4096 else 64) == 0, f"{tensor.name} is not aligned"
        places.append((offset, offset + length, tensor.name))
    places.sort()
    for (_, stop, first), (start, _, second) in zip(places, places[1:]):
        assert stop <= start, f"{first} and {second} overlap"
    return model


def check_run(folder: pathlib.Path) -> None:
    decoder = json.loads((folder / "genai_config.json").read_text())["model"]["decoder"]
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    layers, heads = decoder["num_hidden_layers"], decoder["num_key_value_heads"]
    empty = np.zeros((1, heads, 0, decoder["head_size"]), np.float32)
    ids = np.array([[3, 7, 11, 5, 2]], np.int64)

    def run(tokens, past):
        total = tokens.shape[1] + next(iter(past.values())).shape[2]
        feeds = {"input_ids": tokens, "attention_mask": np.ones((1, total), np.int64), **past}
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, feeds)))

    blank = {f"past_key_values.{i}.{kind}": empty for i in range(layers) for kind in ("key", "value")}
    whole = run(ids, blank)
    assert np.isfinite(whole["logits"]).all(), "logits are not finite"
    assert whole["logits"].std() > 0.5, "logits are not spread out"
    first = run(ids[:, :4], blank)
    past = {
        name.replace("present", "past_key_values"): value for name, value in first.items() if name != "logits"
    }
    last = run(ids[:, 4:], past)["logits"][0, -1]
    error = np.abs(last - whole["logits"][0, -1]).max() / whole["logits"].std()
    # onnxruntime quantises activations for one row and for several by different kernels.
    assert error < 0.05, f"decoding step by step differs by {error} standard deviations"


def dequantize(model: onnx.ModelProto, folder: pathlib.Path, node: onnx.NodeProto) -> tuple[np.ndarray, int]:
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    values = []
    for name in node.input[1:]:
        tensor = onnx.TensorProto()
        tensor.CopyFrom(tensors[name])
        onnx.external_data_helper.load_external_data_for_tensor(tensor, str(folder))
        values.append(onnx.numpy_helper.to_array(tensor))
    attributes = {item.name: item.i for item in node.attribute}
    rows, columns, bits = attributes["N"], attributes["K"], attributes["bits"]
    blocks = -(-columns // attributes["block_size"])

    def unpack(packed, count):
        if bits == 8:
            return packed.reshape(rows, -1)[:, :count].astype(np.float32)
        packed = packed.reshape(rows, -1)
        return np.stack([packed & 15, packed >> 4], -1).reshape(rows, -1)[:, :count].astype(np.float32)

    codes = unpack(values[0], blocks * attributes["block_size"]).reshape(rows, blocks, -1)
    zeros = unpack(values[2], blocks) if len(values) > 2 else np.full((rows, blocks), 2.0 ** (bits - 1))
    result = (codes - zeros[..., None]) * values[1].reshape(rows, blocks)[..., None]
    return result.reshape(rows, -1)[:, :columns], bits


def check_weights(model: onnx.ModelProto, folder: pathlib.Path, source: pathlib.Path) -> None:
    import gguf

    reader = gguf.GGUFReader(source)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    decoder = json.loads((folder / "genai_config.json").read_text())["model"]["decoder"]
    is_llama = bytes(reader.fields["general.architecture"].parts[-1]).decode() == "llama"

    def weight(name, heads=0):
        tensor = tensors[name]
        matrix = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if heads and is_llama:
            size = matrix.shape[0] // heads
            matrix = matrix.reshape(heads, size // 2, 2, -1).swapaxes(1, 2).reshape(matrix.shape)
        return matrix

    checked = 0
    for node in model.graph.node:
        if node.op_type != "MatMulNBits":
            continue
        actual, bits = dequantize(model, folder, node)
        parts = node.name.split("/")
        if node.name.startswith("/lm_head"):
            wanted = weight("output.weight" if "output.weight" in tensors else "token_embd.weight")
        else:
            block, kind = f"blk.{parts[2].split('.')[1]}.", parts[4]
            heads, shared = decoder["num_attention_heads"], decoder["num_key_value_heads"]
            if kind == "qkv_proj":
                wanted = np.concatenate(
                    [
                        weight(f"{block}attn_q.weight", heads),
                        weight(f"{block}attn_k.weight", shared),
                        weight(f"{block}attn_v.weight"),
                    ]
                )
            else:
                name = {"o_proj": "attn_output", "gate_proj": "ffn_gate", "up_proj": "ffn_up",
                        "down_proj": "ffn_down"}[kind]
                wanted = weight(f"{block}{name}.weight")
        error = np.sqrt(np.mean((actual - wanted) ** 2) / np.mean(wanted**2))
        assert error < TOLERANCE[bits], f"{node.name}: relative error {error:.4f} with {bits} bits"
        checked += 1
    assert checked == 5 * decoder["num_hidden_layers"] + 1, f"only {checked} matrices were found"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--gguf", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = 0
    for folder in arguments.folders:
        try:
            model = check_graph(folder)
            check_run(folder)
            if arguments.gguf and folder == arguments.folders[-1]:
                check_weights(model, folder, arguments.gguf)
            print(f"PASS {folder.name}")
        except Exception as error:  # every failure is reported, whatever its kind
            failed += 1
            print(f"FAIL {folder.name}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
