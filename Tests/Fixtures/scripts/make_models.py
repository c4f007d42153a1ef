# SPDX-License-Identifier: Apache-2.0
"""Writes the tiny model folders with the onnxruntime-genai builder of the Python that runs it.

    python make_models.py --out ../models --work WORK [--only SUBSTRING]

Run it with `requirements-0.18.txt` installed for the 0.18.0 models and with `requirements-0.7.txt` for the 0.7.0
ones, then `make_oracles.py` for both. WORK keeps the transformers models and their logits, with which
`make_oracles.py` checks the float32 graphs.
"""

import argparse
import contextlib
import importlib.metadata
import importlib.util
import io
import json
import os
import pathlib
import shutil
import sys
import traceback

import numpy
import safetensors.torch
import tokenizers
import torch
import transformers

import make_oracles
import tiny_models

if not tiny_models.OLD:
    import tiny_families

BUILDER = importlib.metadata.version("onnxruntime-genai")
KEPT = {"model.onnx", "model.onnx.data", "genai_config.json"}
KEPT_WITH_TOKENIZER = KEPT | {
    "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"}
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def load_builder():
    """The builder is a script, not an importable module: it expects its own folder in `sys.path`."""
    folder = pathlib.Path(importlib.util.find_spec("onnxruntime_genai").origin).parent / "models"
    sys.path.insert(0, str(folder))
    import builder

    return builder


def rotate_where_asked():
    """Lets the 0.18.0 builder write SmolLM3's layers without rotation.

    It asks for separate RotaryEmbedding nodes there, and fails for want of `position_ids`; what is meant is
    GroupQueryAttention with `do_rotary` 0 and nothing else. transformers' logits confirm it.
    """
    from builders.smollm import SmolLM3Model

    original = SmolLM3Model.make_attention_qk_rope

    def make_attention_qk_rope(self, layer_id, **kwargs):
        return original(self, layer_id, **kwargs) if self.no_rope_layers[layer_id] else ("", "")

    SmolLM3Model.make_attention_qk_rope = make_attention_qk_rope


def flatten_rotary_settings():
    """Lets the 0.18.0 builder read Gemma 3's rotary settings as transformers 5 nests them, by kind of layer."""
    from builders.gemma import Gemma3Model

    original = Gemma3Model.__init__

    def initialize(self, config, *arguments):
        text = config.get_text_config()
        if text.model_type == "gemma3_text":
            nested = text.rope_parameters
            text.rope_local_base_freq = nested["sliding_attention"]["rope_theta"]
            text.rope_parameters = dict(nested["full_attention"])
        original(self, config, *arguments)

    Gemma3Model.__init__ = initialize


def tell_layers_apart():
    """Lets the 0.18.0 builder read Gemma 4's sizes of heads, which transformers 5 keeps by layer, as its files name them."""
    from builders.gemma import Gemma4Model

    original = Gemma4Model.__init__

    def initialize(self, config, *arguments):
        text = config.text_config
        layer = text.per_layer_config[text.layer_types.index("full_attention")]
        text.global_head_dim, text.num_global_key_value_heads = layer.head_dim, layer.num_key_value_heads
        for each in (config, text):
            each.allow_global_per_layer_attribute_access = True
        original(self, config, *arguments)

    Gemma4Model.__init__ = initialize


def make_tokenizer():
    """A byte-level BPE of 277 entries: control ids, the 256 bytes, merges learnt from a few words."""
    core = tokenizers.Tokenizer(tokenizers.models.BPE())
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    special = ["<pad>", "<s>", "</s>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=tiny_models.VOCABULARY_WITH_TOKENIZER, special_tokens=special, show_progress=False,
        initial_alphabet=sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()))
    text = "the capital of France is Paris and the answer is that there are other things in the world"
    core.train_from_iterator([text] * 50, trainer)
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    wrapped.chat_template = TEMPLATE
    return wrapped


def complete(family, network, source):
    """Makes of what transformers saved what the builder expects of a published folder."""
    if family in tiny_families.ARCHITECTURES:
        config = json.loads((source / "config.json").read_text())
        config["architectures"] = [tiny_families.ARCHITECTURES[family]]
        (source / "config.json").write_text(json.dumps(config))
    if tensors := tiny_families.published_tensors(network, family):
        file = source / "model.safetensors"
        saved = safetensors.torch.load_file(file)
        safetensors.torch.save_file({**saved, **dict(network.state_dict()), **tensors}, file, {"format": "pt"})


def export(builder, model, seed, network, folder):
    """Builds `network` in `folder`; the folder of the ONNX files."""
    shutil.rmtree(folder, ignore_errors=True)
    source, made, cache = folder / "hf", folder / "onnx", folder / "cache"
    network.save_pretrained(source)
    if not tiny_models.OLD:
        complete(model.family, network, source)
    make_tokenizer().save_pretrained(source)
    with torch.no_grad():
        numpy.savez(
            folder / "hf_logits.npz",
            prefill=network(torch.tensor([tiny_models.PROMPT]), use_cache=False).logits[0].numpy(),
            prefill_long=network(torch.tensor([tiny_models.LONG_PROMPT]), use_cache=False).logits[0].numpy())
    options = [f"{key}={value}" for key, value in {"hf_token": "false", **model.options}.items()]
    if BUILDER.startswith("0.7."):
        parsed = builder.parse_extra_options(options)
    else:
        parsed = builder.parse_extra_options(
            None, str(source), str(made), model.precision, model.provider, str(cache), options)
    builder.create_model(None, str(source), str(made), model.precision, model.provider, str(cache), **parsed)
    if not (made / "config.json").exists():
        shutil.copy(source / "config.json", made / "config.json")
    record = {"name": folder.name, "seed": seed, "oracle": model.oracle, "precision": model.precision, "options": model.options,
              "builder": {p: importlib.metadata.version(p) for p in (
                  "onnxruntime-genai", "onnxruntime", "onnx", "transformers", "torch", "numpy")}}
    (folder / "record.json").write_text(json.dumps(record))
    return made


def build(builder, model, out, work):
    """Exports the first seed whose quantized model has a usable greedy continuation too."""
    name = model.name(BUILDER)
    for seed, network in tiny_models.make_networks(model):
        made = export(builder, model, seed, network, work / name)
        if model.oracle == "transformers":
            break
        tokens, gaps = make_oracles.continuation(make_oracles.Session(made), tiny_models.PROMPT)[:2]
        if len(set(tokens)) >= 5 and min(gaps) >= 0.05:
            break
    else:
        raise RuntimeError("no seed gives a usable continuation")
    target = out / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted(KEPT_WITH_TOKENIZER if model.tokenizer else KEPT):
        if (made / file).exists():
            shutil.copy(made / file, target / file)
    return f"seed {seed}, {sum(f.stat().st_size for f in target.iterdir())} bytes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(1)
    builder = load_builder()
    if BUILDER.startswith("0.7."):
        models = tiny_models.OLD_MODELS
    else:
        models = tiny_models.NEW_MODELS
        rotate_where_asked()
        flatten_rotary_settings()
        tell_layers_apart()
    failures = 0
    for model in models:
        if arguments.only not in model.name(BUILDER):
            continue
        log = io.StringIO()
        try:
            with contextlib.redirect_stdout(log):
                summary = build(builder, model, arguments.out, arguments.work)
            print(f"{model.name(BUILDER)}: {summary}", flush=True)
        except Exception:
            failures += 1
            print(f"{model.name(BUILDER)}: FAILED\n{log.getvalue()[-800:]}\n{traceback.format_exc()}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
