# SPDX-License-Identifier: Apache-2.0
"""Exports a tiny random GPT-2 and Llama with torch.onnx: plain operators, weights inside the file.

    python make_torch_exports.py --out ../models --work WORK --exporter torchscript    (requirements-0.7.txt)
    python make_torch_exports.py --out ../models --work WORK --exporter dynamo         (requirements-0.18.txt)
    python make_torch_exports.py --out ../models --work WORK --exporter quantized      (requirements-0.18.txt)

`torchscript-gpt2-opset13` takes `position_ids` and has its layer norms decomposed; `torchscript-gpt2-opset17` takes
none (they follow from the attention mask, by CumSum) and uses LayerNormalization. `*-nopast` has no caches: each token
reads all again. `dynamo-llama-opset24` has the standard `Attention`. `quantized` makes `torchscript-gpt2-opset13-int8`
from `torchscript-gpt2-opset13` with onnxruntime's dynamic quantization: DynamicQuantizeLinear and MatMulInteger.
`make_oracles.py` adds the oracles.
"""

import argparse
import importlib.metadata
import json
import math
import pathlib
import shutil
import warnings

import numpy
import onnx
import torch
import transformers

import tiny_models

LAYERS, HEADS, SIZE = 2, 2, 16


def make_gpt2():
    """A GPT-2 with seeded weights and a usable greedy continuation, and its seed."""
    config = transformers.GPT2Config(
        vocab_size=tiny_models.VOCABULARY, n_positions=tiny_models.CONTEXT, n_embd=HEADS * SIZE, n_layer=LAYERS,
        n_head=HEADS, bos_token_id=1, eos_token_id=2, attn_implementation="eager")
    for seed in range(200):
        generator = torch.Generator().manual_seed(seed)
        network = transformers.GPT2LMHeadModel(config).float().eval()
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                noise = torch.randn(parameter.shape, generator=generator)
                if ".ln_" in name and name.endswith("weight"):
                    value = 1 + 0.1 * noise
                elif name.endswith("bias"):
                    value = 0.1 * noise
                elif "wte" in name or "wpe" in name:
                    value = 0.3 * noise
                else:
                    value = noise * (1.4 / math.sqrt(parameter.shape[0]))
                parameter.copy_(value)
            deviation = network(torch.tensor([tiny_models.PROMPT])).logits.std()
            network.transformer.ln_f.weight.mul_(2 / deviation)
            network.transformer.ln_f.bias.mul_(2 / deviation)
            tokens, gaps = tiny_models._greedy(network, tiny_models.PROMPT)
        if len(set(tokens)) >= 6 and min(gaps) >= 0.1:
            return network, seed
    raise RuntimeError("no seed gives a usable continuation")


def make_llama(attention="eager"):
    """The tiny Llama, without scaled rotary frequencies."""
    model = tiny_models.Model("llama", "", "int4", config={"num_attention_heads": 2, "num_key_value_heads": 1})
    seed, network = next(tiny_models.make_networks(model))
    network.set_attn_implementation(attention) if attention != "eager" else None
    return network, seed


class WithoutCache(torch.nn.Module):
    """The model that reads everything each time."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, position_ids):
        return self.network(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids,
                            use_cache=False).logits


class Decoder(torch.nn.Module):
    """The model with its cache as plain tensors, in the order key, value of each layer."""

    def __init__(self, network, with_positions):
        super().__init__()
        self.network, self.with_positions = network, with_positions

    def forward(self, input_ids, attention_mask, *rest):
        if self.with_positions:
            position_ids, past = rest[0], rest[1:]
        else:
            position_ids = attention_mask.long().cumsum(-1) - 1
            position_ids = position_ids.masked_fill(attention_mask == 0, 1)[:, -input_ids.shape[1]:]
            past = rest
        pairs = [(past[2 * i], past[2 * i + 1]) for i in range(LAYERS)]
        cache = transformers.DynamicCache()
        for i, (key, value) in enumerate(pairs):
            cache.update(key, value, i)
        result = self.network(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids,
                              past_key_values=cache, use_cache=True)
        present = result.past_key_values
        flat = []
        for i in range(LAYERS):
            if hasattr(present, "layers"):
                flat += [present.layers[i].keys, present.layers[i].values]
            else:
                flat += [present[i][0], present[i][1]]
        return (result.logits, *flat)


def kv_heads(config):
    return getattr(config, "num_key_value_heads", config.num_attention_heads)


def head_size(config):
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def names(with_positions):
    past = [f"past_key_values.{i}.{kind}" for i in range(LAYERS) for kind in ("key", "value")]
    inputs = ["input_ids", "attention_mask"] + (["position_ids"] if with_positions else []) + past
    return inputs, ["logits"] + [n.replace("past_key_values", "present") for n in past]


def write_config(folder, with_positions, config):
    inputs = {"input_ids": "input_ids", "attention_mask": "attention_mask",
              **({"position_ids": "position_ids"} if with_positions else {}),
              "past_key_names": "past_key_values.%d.key", "past_value_names": "past_key_values.%d.value"}
    settings = {
        "model": {
            "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "type": config.model_type,
            "context_length": tiny_models.CONTEXT, "vocab_size": tiny_models.VOCABULARY,
            "decoder": {
                "filename": "model.onnx", "head_size": head_size(config), "hidden_size": config.hidden_size,
                "num_attention_heads": config.num_attention_heads, "num_hidden_layers": LAYERS,
                "num_key_value_heads": kv_heads(config),
                "session_options": {"provider_options": []}, "inputs": inputs,
                "outputs": {"logits": "logits", "present_key_names": "present.%d.key",
                            "present_value_names": "present.%d.value"}}},
        "search": {"do_sample": False, "max_length": tiny_models.CONTEXT, "past_present_share_buffer": False}}
    (folder / "genai_config.json").write_text(json.dumps(settings, indent=4) + "\n")


def strip(path):
    """Removes the exporters' notes: source lines, stack traces, paths of the machine."""
    model = onnx.load(path)
    for holder in (model, model.graph, *model.functions):
        del holder.metadata_props[:]
        holder.doc_string = ""
    for item in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output,
                 *model.graph.initializer, *(n for f in model.functions for n in f.node)):
        item.doc_string = ""
        if hasattr(item, "metadata_props"):
            del item.metadata_props[:]
    onnx.save(model, path)


def export(network, seed, out, work, exporter, opset, with_positions, with_past=True):
    family = network.config.model_type
    name = f"{exporter}-{family}-opset{opset}" + ("" if with_past else "-nopast")
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ids = torch.randint(7, 130, (2, 3))
    mask = torch.ones(2, 8, dtype=torch.int64)
    positions = torch.arange(5, 8)[None].repeat(2, 1)
    past = [torch.randn(2, kv_heads(network.config), 5, head_size(network.config)) for _ in range(2 * LAYERS)]
    arguments = (ids, mask, *([positions] if with_positions else []), *past)
    inputs, outputs = names(with_positions)
    axes = {"input_ids": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "total"},
            "position_ids": {0: "batch", 1: "sequence"}}
    shapes = [axes.get(n, {0: "batch", 2: "past"}) for n in inputs]
    decoder = Decoder(network, with_positions).eval()
    if not with_past:
        decoder, inputs, outputs, shapes = WithoutCache(network).eval(), inputs[:3], outputs[:1], shapes[:3]
        arguments = (ids, torch.ones(2, 3, dtype=torch.int64), torch.arange(3)[None].repeat(2, 1))
    target = str(folder / "model.onnx")
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            dims = {"batch": torch.export.Dim.DYNAMIC, "sequence": torch.export.Dim.DYNAMIC,
                    "total": torch.export.Dim.DYNAMIC, "past": torch.export.Dim.DYNAMIC}
            dynamic = [{k: dims[v] for k, v in s.items()} for s in shapes]
            places = (*dynamic[:2], tuple(dynamic[2:])) if with_past else tuple(dynamic)
            torch.onnx.export(
                decoder, arguments, target, dynamo=True, opset_version=opset, input_names=inputs,
                output_names=outputs, dynamic_shapes=places, external_data=False)
        else:
            torch.onnx.export(
                decoder, arguments, target, dynamo=False, opset_version=opset, input_names=inputs,
                output_names=outputs,
                dynamic_axes={**{n: s for n, s in zip(inputs, shapes) if s}, "logits": {0: "batch", 1: "sequence"},
                              **{n: {0: "batch", 2: "total"} for n in outputs[1:]}})
    strip(target)
    write_config(folder, with_positions, network.config)
    (work / name).mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        numpy.savez(work / name / "hf_logits.npz",
                    prefill=network(torch.tensor([tiny_models.PROMPT])).logits[0].numpy())
    record = {"seed": seed, "precision": "fp32", "options": {"exporter": exporter, "opset": opset},
              "builder": {p: importlib.metadata.version(p) for p in ("torch", "transformers", "onnx", "numpy")}}
    (work / name / "record.json").write_text(json.dumps(record))
    print(name, (folder / "model.onnx").stat().st_size, "bytes", flush=True)


def quantize(out, work):
    """Weights in int8, activations in uint8 by their range in each run."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source, folder = out / "torchscript-gpt2-opset13", out / "torchscript-gpt2-opset13-int8"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    quantize_dynamic(source / "model.onnx", folder / "model.onnx", weight_type=QuantType.QInt8)
    strip(folder / "model.onnx")
    shutil.copy(source / "genai_config.json", folder)
    (work / folder.name).mkdir(parents=True, exist_ok=True)
    record = {"precision": "int8", "options": {"source": source.name, "quantize_dynamic": "QInt8"},
              "builder": {p: importlib.metadata.version(p) for p in ("onnxruntime", "onnx", "numpy")}}
    (work / folder.name / "record.json").write_text(json.dumps(record))
    print(folder.name, (folder / "model.onnx").stat().st_size, "bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--exporter", choices=["torchscript", "dynamo", "quantized"], required=True)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    if arguments.exporter == "quantized":
        return quantize(arguments.out, arguments.work)
    if arguments.exporter == "dynamo":
        plans = [(make_gpt2, 18, True, True), (make_llama, 18, True, True), (make_gpt2, 18, True, False),
                 (lambda: make_llama("sdpa"), 24, True, True)]
    else:
        plans = [(make_gpt2, 13, True, True), (make_gpt2, 17, False, True), (make_llama, 14, True, True)]
    for make, opset, with_positions, with_past in plans:
        if arguments.only not in f"opset{opset}" + ("" if with_past else "-nopast"):
            continue
        network, seed = make()
        export(network, seed, arguments.out, arguments.work, arguments.exporter, opset, with_positions, with_past)


if __name__ == "__main__":
    main()
