# SPDX-License-Identifier: Apache-2.0
"""Configurations of the families that have experts, states of convolutions or linear attention, or that are the text part
of a model with images. All are classes of transformers 5."""

import torch
import transformers as t

IMAGES = {"image_token_id": 120, "video_token_id": 121, "vision_start_token_id": 122, "vision_end_token_id": 123}


def _rope(theta=10000.0, **more):
    return {"rope_type": "default", "rope_theta": theta, **more}


def _gpt_oss(common):
    return t.GptOssConfig(**common, num_local_experts=4, num_experts_per_tok=2, sliding_window=8, rms_norm_eps=1e-5,
                          layer_types=["sliding_attention", "full_attention"],
                          rope_parameters={"rope_type": "yarn", "rope_theta": 150000.0, "factor": 32.0, "beta_fast": 32.0,
                                           "beta_slow": 1.0, "truncate": False,
                                           "original_max_position_embeddings": 4096})


def _lfm2(common):
    return t.Lfm2Config(**common, layer_types=["conv", "full_attention"], block_auto_adjust_ff_dim=False,
                        rope_parameters=_rope())


def _lfm2_moe(common):
    return t.Lfm2MoeConfig(**common, layer_types=["conv", "full_attention"], num_dense_layers=1, num_experts=4,
                           num_experts_per_tok=2, moe_intermediate_size=common["intermediate_size"],
                           routed_scaling_factor=1.5, rope_parameters=_rope())


def _lfm2_vl(common):
    text = _lfm2(common)
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1,
              "num_patches": 4, "patch_size": 4}
    return t.Lfm2VlConfig(text_config=text.to_dict(), vision_config={"model_type": "siglip2_vision_model", **vision},
                          image_token_id=120, projector_hidden_size=16, **_tied(common))


def _tied(common):
    return {"tie_word_embeddings": common["tie_word_embeddings"]}


def _qwen_2_5_vl(common):
    common = {k: v for k, v in common.items() if k != "head_dim"}
    text = {**common, "rope_parameters": _rope(mrope_section=[4, 6, 6])}
    vision = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 1, "out_hidden_size":
              common["hidden_size"], "patch_size": 4, "fullatt_block_indexes": [0]}
    return t.Qwen2_5_VLConfig(text_config=text, vision_config=vision, **IMAGES, **_tied(common))


def _qwen3_vl(common):
    text = {**common, "rope_parameters": _rope(mrope_section=[6, 5, 5], mrope_interleaved=True)}
    vision = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 1, "out_hidden_size":
              common["hidden_size"], "patch_size": 4, "num_position_embeddings": 4, "deepstack_visual_indexes": []}
    return t.Qwen3VLConfig(text_config=text, vision_config=vision, **IMAGES, **_tied(common))


def _qwen3_5(common, experts=False):
    text = {**common, "layer_types": ["linear_attention", "full_attention"], "linear_conv_kernel_dim": 4,
            "linear_key_head_dim": 16, "linear_value_head_dim": 16, "linear_num_key_heads": 2,
            "linear_num_value_heads": 4, "partial_rotary_factor": 0.5,
            "rope_parameters": _rope(mrope_section=[3, 3, 2], mrope_interleaved=True, partial_rotary_factor=0.5)}
    if experts:
        width = min(64, common["intermediate_size"])
        text |= {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": width,
                 "shared_expert_intermediate_size": width}
    vision = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 1, "out_hidden_size":
              common["hidden_size"], "patch_size": 4, "num_position_embeddings": 4}
    kind = t.Qwen3_5MoeConfig if experts else t.Qwen3_5Config
    return kind(text_config=text, vision_config=vision, **IMAGES, **_tied(common))


def _mistral3(common):
    text = t.MistralConfig(**common, sliding_window=None, rope_parameters=_rope())
    vision = {"model_type": "pixtral", "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
              "num_attention_heads": 1, "head_dim": 16, "image_size": 8, "patch_size": 4}
    return t.Mistral3Config(text_config=text.to_dict(), vision_config=vision, image_token_index=120, spatial_merge_size=1,
                            **_tied(common))


def _gemma3_vl(common):
    text = t.Gemma3TextConfig(
        **common, hidden_activation="gelu_pytorch_tanh", sliding_window=8, query_pre_attn_scalar=48,
        layer_types=["sliding_attention", "full_attention"],
        rope_parameters={"sliding_attention": _rope(), "full_attention": _rope(1000000.0)})
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1,
              "image_size": 8, "patch_size": 4}
    return t.Gemma3Config(text_config=text.to_dict(), vision_config=vision, image_token_index=120, boi_token_index=121,
                          eoi_token_index=122, mm_tokens_per_image=4, **_tied(common))


def _gemma4_text(common):
    # The builder loads checkpoints with shared embeddings alone.
    return {**common, "tie_word_embeddings": True, "hidden_activation": "gelu_pytorch_tanh", "sliding_window": 8, "global_head_dim": 64,
            "num_global_key_value_heads": 1, "attention_k_eq_v": True, "final_logit_softcapping": 10.0,
            "layer_types": ["sliding_attention", "full_attention"],
            "rope_parameters": {"sliding_attention": _rope(), "full_attention": {
                "rope_type": "proportional", "partial_rotary_factor": 0.25, "rope_theta": 1000000.0}}}


def _gemma4(common):
    return t.Gemma4UnifiedConfig(text_config=_gemma4_text(common), tie_word_embeddings=True)


def _gemma4_moe(common):
    text = {**_gemma4_text(common), "enable_moe_block": True, "num_experts": 4, "top_k_experts": 2,
            "moe_intermediate_size": 64, "hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 131}
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1,
              "num_key_value_heads": 1, "head_dim": 16, "patch_size": 4}
    return t.Gemma4Config(text_config=text, vision_config=vision, audio_config=None, tie_word_embeddings=True)


def _phi_moe(common):
    common = {k: v for k, v in common.items() if k != "head_dim"}
    pairs = common["hidden_size"] // common["num_attention_heads"] // 2
    rope = {"rope_type": "longrope", "rope_theta": 10000.0, "short_factor": [1.0 + 0.02 * i for i in range(pairs)],
            "long_factor": [1.0 + 0.35 * i for i in range(pairs)], "short_mscale": 1.1, "long_mscale": 1.2,
            "original_max_position_embeddings": 32}
    return t.PhimoeConfig(**common, num_local_experts=4, num_experts_per_tok=2, sliding_window=None, attention_bias=True,
                          lm_head_bias=True, rope_parameters=rope, original_max_position_embeddings=32)


CONFIGURATIONS = {
    "gptoss": _gpt_oss,
    "lfm2": _lfm2,
    "lfm2moe": _lfm2_moe,
    "lfm2vl": _lfm2_vl,
    "qwen25vl": _qwen_2_5_vl,
    "qwen3vl": _qwen3_vl,
    "qwen35": _qwen3_5,
    "qwen35moe": lambda common: _qwen3_5(common, experts=True),
    "mistral3": _mistral3,
    "gemma3vl": _gemma3_vl,
    "gemma4": _gemma4,
    "gemma4moe": _gemma4_moe,
    "phimoe": _phi_moe,
}

# Those that AutoModelForCausalLM does not make, or makes without the part with images that the builder expects.
NETWORKS = {
    "lfm2vl": "Lfm2VlForConditionalGeneration",
    "qwen25vl": "Qwen2_5_VLForConditionalGeneration",
    "qwen3vl": "Qwen3VLForConditionalGeneration",
    "qwen35": "Qwen3_5ForConditionalGeneration",
    "qwen35moe": "Qwen3_5MoeForConditionalGeneration",
    "mistral3": "Mistral3ForConditionalGeneration",
    "gemma3vl": "Gemma3ForConditionalGeneration",
    "gemma4": "Gemma4UnifiedForConditionalGeneration",
    "gemma4moe": "Gemma4ForConditionalGeneration",
}


# What the builder calls an architecture whose class has another name in transformers: as the published folders say.
ARCHITECTURES = {"phimoe": "PhiMoEForCausalLM"}


def make_network(family, config):
    """The model with whatever weights transformers gives it, with attention in plain operations."""
    if family not in NETWORKS:
        return t.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    config._attn_implementation = "eager"
    return getattr(t, NETWORKS[family])(config)


def _to_mxfp4(weight):
    """The nearest values in blocks of 32 floats of 4 bits under a power of two, as codes, exponents and what they mean."""
    levels = torch.tensor([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0])
    blocks = weight.reshape(*weight.shape[:-1], -1, 32)
    exponents = torch.floor(torch.log2(blocks.abs().amax(-1).clamp(min=1e-30))) - 2
    scaled = blocks / torch.exp2(exponents)[..., None]
    codes = (scaled.abs()[..., None] - levels).abs().argmin(-1)
    meant = levels[codes] * torch.sign(scaled) * torch.exp2(exponents)[..., None]
    codes = (codes + 8 * (scaled < 0)).to(torch.uint8)
    packed = codes[..., 0::2] | codes[..., 1::2] << 4
    return packed, (exponents + 127).to(torch.uint8), meant.reshape(weight.shape)


@torch.no_grad()
def published_tensors(network, family):
    """Tensors that published weights have and transformers does not save: GPT-OSS's experts in MXFP4. The network's own
    become what those mean."""
    tensors = {}
    if family != "gptoss":
        return tensors
    for index, layer in enumerate(network.model.layers):
        for name in ("gate_up_proj", "down_proj"):
            parameter = getattr(layer.mlp.experts, name)
            blocks, scales, meant = _to_mxfp4(parameter.transpose(-1, -2).contiguous())
            parameter.copy_(meant.transpose(-1, -2))
            tensors[f"model.layers.{index}.mlp.experts.{name}_blocks"] = blocks.contiguous()
            tensors[f"model.layers.{index}.mlp.experts.{name}_scales"] = scales.contiguous()
    return tensors


def randomize_buffers(network, generator):
    """Values that checkpoints give and that are no parameters."""
    for name, buffer in network.named_buffers():
        if name.endswith("expert_bias"):
            buffer.copy_(0.2 * torch.randn(buffer.shape, generator=generator))
        elif name.endswith("layer_scalar"):
            buffer.copy_(0.7 + 0.1 * torch.randn(buffer.shape, generator=generator))
