# SPDX-License-Identifier: Apache-2.0
"""The tiny models: which exist, their configurations and how their random weights are drawn.

Every model has two layers, a vocabulary of 131 (277 with a tokenizer) and a head size of 32 (64 where three quarters
of it are rotated: GroupQueryAttention takes only cos/sin tables whose width is a multiple of 8).
"""

import dataclasses
import math

import torch
import transformers

OLD = int(transformers.__version__.split(".")[0]) < 5
if not OLD:
    import tiny_families

# Primes: the last matrix then ends in the middle of every tile. No layer may be as wide as the vocabulary, since the
# builder takes the first layer of that width for the last product.
VOCABULARY = 131
VOCABULARY_WITH_TOKENIZER = 277
CONTEXT = 128
ORIGINAL_CONTEXT = 32
WINDOW = 8

_generator = torch.Generator().manual_seed(20)
PROMPT = torch.randint(7, 130, (20,), generator=_generator).tolist()
LONG_PROMPT = torch.randint(7, 130, (40,), generator=_generator).tolist()
# Greedy decoding from here crosses ORIGINAL_CONTEXT after four steps.
SWITCH_PROMPT = LONG_PROMPT[:28]
GREEDY_STEPS = 8


@dataclasses.dataclass
class Model:
    """One folder under `models/`: `<builder>-<family>-<variant>`."""

    family: str
    variant: str
    precision: str
    options: dict = dataclasses.field(default_factory=dict)
    config: dict = dataclasses.field(default_factory=dict)
    tokenizer: bool = False
    # The execution provider that the builder is told; for "cuda" it writes float16 inputs and outputs.
    provider: str = "cpu"
    # Whose logits are expected: transformers', in float32, where onnxruntime's CPU provider lacks an operator.
    oracle: str = "onnxruntime"

    def name(self, builder):
        return f"{builder}-{self.family}-{self.variant}"


def int4(family, variant="int4", config=None, tokenizer=False, **options):
    return Model(family, variant, "int4", options, config or {}, tokenizer)


def int8(family, variant="int8", config=None, **options):
    return Model(family, variant, "int8", options, config or {})


def fp32(family, variant="fp32", config=None, **options):
    return Model(family, variant, "fp32", options, config or {})


def fp16(family, variant="fp16", config=None, **options):
    return Model(family, variant, "fp16", options, config or {}, provider="cuda")


def bf16(family, variant="bf16", config=None, **options):
    return Model(family, variant, "bf16", options, config or {}, provider="cuda")


def int4_half(family, variant="int4-fp16io", config=None, **options):
    """Four-bit weights with float16 activations, as folders for GPUs have them."""
    return Model(family, variant, "int4", options, config or {}, provider="cuda")


# `k_quant` and asymmetric `rtn` need an even number of blocks of 32 in every row.
EVEN = {"intermediate_size": 128}
TIED = {"tie_word_embeddings": True}

NEW_MODELS = [
    int4("llama", tokenizer=True),
    int4("llama", "int4-tied-kquant-mixed", {**TIED, **EVEN}, algo_config="k_quant",
         matmul_mixed_precision="last_matmul:int8,mixed_layers:int8"),
    int4("llama", "int4-asymmetric-level1", is_symmetric="false", accuracy_level="1"),
    int4("llama", "int4-rtn-block128", algo_config="rtn", block_size="128"),
    int8("llama"),
    fp32("llama"),
    int4("phi3longrope", "int4-tied", TIED),
    fp32("phi3longrope", "fp32-tied", TIED),
    int4("phi3"),
    int4("mistralwindow"),
    fp32("mistralwindow", "fp32-fullcache", windowed_kv_cache="false"),
    int4("qwen2", "int4-block64", {"hidden_size": 96}, block_size="64"),
    int8("qwen2", "int8-tied-block64", TIED, block_size="64"),
    int4("qwen3", "int4-tied", TIED),
    fp32("qwen3"),
    int4("gemma", "int4-tied", TIED),
    int4("gemma2"),
    fp32("gemma2"),
    int4("gemma3", "int4-last8", matmul_mixed_precision="last_matmul:int8"),
    int8("gemma3", "int8-tied", TIED),
    fp32("gemma3", "fp32-tied", TIED),
    int4("phi", "int4-block16", block_size="16"),
    fp32("phi"),
    int4("granite", "int4-kquant-block16", algo_config="k_quant", block_size="16"),
    int8("granite", "int8-asymmetric", is_symmetric="false"),
    int4("olmo", "int4-block128", EVEN, block_size="128"),
    int4("nemotron", "int4-rtn-asymmetric", EVEN, algo_config="rtn", is_symmetric="false"),
    int4("smollm3", "int4-tied-rtn-last8", TIED, algo_config="rtn", matmul_mixed_precision="last_matmul:int8"),
    fp32("smollm3"),
    int4("ernie45", "int4-asymmetric", is_symmetric="false"),
    fp32("ernie45"),
    fp16("llama"),
    fp16("phi3longrope", "fp16-tied", TIED),
    int4_half("llama"),
    int4_half("gemma2"),
    # Scales in float16 that the embeddings and the last product share.
    int4_half("llama", "int4-fp16io-tied", TIED),
    int4("llama", "int4-qdq", use_qdq="true"),
    int4("qwen3", "int4-qdq-asymmetric", EVEN, use_qdq="true", is_symmetric="false"),
    int4("llama", "int4-pruned", prune_lm_head="true"),
    int4("qwen2", "int4-tied-unshared", TIED, shared_embeddings="false"),
    int4("mistral"),
    int4("hunyuan"),
    fp32("hunyuan"),
    int4("granitehybrid"),
    # The CUDA operator's norms of queries and keys, which onnxruntime has on the CPU as nodes of their own alone.
    int4_half("qwen3", fuse_qk_norm_gqa="false"),
    int4("gptoss"),
    int4("gptoss", "int4-experts8", moe_quant_type="int8"),
    int4("gptoss", "int4-experts-block64", EVEN, qmoe_block_size="64"),
    int4("gptoss", "int4-experts-rows", qmoe_block_size="0"),
    int8("gptoss"),
    fp32("gptoss"),
    fp16("gptoss"),
    # Experts as quantized; without the option they are packed for CUDA.
    int4_half("gptoss", qmoe_weights_prepacked="0"),
    int4("lfm2"),
    int8("lfm2", "int8-tied", TIED),
    fp32("lfm2"),
    fp16("lfm2", fuse_qk_norm_gqa="false"),
    int4("lfm2moe"),
    int4("lfm2moe", "int4-asymmetric", is_symmetric="false"),
    int8("lfm2moe"),
    fp32("lfm2moe"),
    fp16("lfm2moe", fuse_qk_norm_gqa="false"),
    int4("lfm2vl"),
    int4("qwen25vl"),
    fp32("qwen25vl"),
    int4("qwen3vl"),
    fp32("qwen3vl"),
    int4("qwen35"),
    int8("qwen35"),
    fp32("qwen35"),
    fp16("qwen35"),
    # Committed, for it has experts, both kinds of states, and three positions a token.
    int4("qwen35moe", config={"hidden_size": 32, "intermediate_size": 32}),
    int8("qwen35moe"),
    fp32("qwen35moe"),
    int4_half("qwen35moe", qmoe_weights_prepacked="0"),
    int4("mistral3"),
    fp32("mistral3"),
    int4("gemma3vl"),
    fp32("gemma3vl"),
    int4("gemma4"),
    int8("gemma4"),
    fp32("gemma4"),
    fp16("gemma4"),
    # Committed.
    bf16("llama", config={"hidden_size": 32, "intermediate_size": 32}),
    dataclasses.replace(int4("llama", "int4-bf16io", use_cuda_bf16="true"), provider="cuda"),
    bf16("gemma2"),
    bf16("phi"),
    bf16("granite"),
    # None with experts: a router's rounded scores choose others, and no tolerance says how far that leads.
    bf16("qwen35"),
    # onnxruntime: "Unsupported MoE activation type: geglu".
    dataclasses.replace(fp32("gemma4moe"), oracle="transformers"),
]

OLD_MODELS = [
    int4("phi3longrope", "int4-tied", TIED),
    fp32("phi3longrope", "fp32-tied", TIED),
    int4("phi3", "int4-block16", int4_block_size="16"),
    int4("llama", tokenizer=True),
    fp32("llama"),
    int4("mistral"),
    int4("qwen2", "int4-asymmetric", int4_is_symmetric="false"),
    int4("qwen2", "int4-tied-block128", TIED, int4_block_size="128"),
    int4("gemma"),
    int4("gemma2", "int4-block64-level1", int4_accuracy_level="1", int4_block_size="64"),
    fp32("gemma2"),
    int4("phi"),
    int4("granite"),
    int4("olmo"),
    int4("nemotron"),
]


def _rope(theta=10000.0, **more):
    """Rotary settings under both spellings: `rope_parameters` since transformers 5."""
    if not OLD:
        return {"rope_parameters": {"rope_type": "default", "rope_theta": theta, **more}}
    scaling = {"rope_scaling": more} if "rope_type" in more else {}
    return {"rope_theta": theta, **scaling}


def _long_rope(rotary_dimension, partial):
    pairs = rotary_dimension // 2
    factors = {
        "rope_type": "longrope",
        "short_factor": [1.0 + 0.02 * i for i in range(pairs)],
        "long_factor": [1.0 + 0.35 * i for i in range(pairs)],
    }
    if not OLD:
        rope = {"rope_parameters": {**factors, "type": "longrope", "rope_theta": 10000.0,
                                    "partial_rotary_factor": partial,
                                    "original_max_position_embeddings": ORIGINAL_CONTEXT}}
    else:
        factors["type"] = factors.pop("rope_type")
        rope = {"rope_theta": 10000.0, "rope_scaling": factors}
    return {"original_max_position_embeddings": ORIGINAL_CONTEXT, "partial_rotary_factor": partial, **rope}


def make_config(model):
    """The transformers configuration of `model`."""
    common = dict(
        vocab_size=VOCABULARY_WITH_TOKENIZER if model.tokenizer else VOCABULARY, hidden_size=64,
        intermediate_size=96, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=32, max_position_embeddings=CONTEXT,
        bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=False,
    )
    t = transformers
    family = model.family
    if not OLD and family in tiny_families.CONFIGURATIONS:
        return tiny_families.CONFIGURATIONS[family]({**common, **model.config})
    if family == "llama":
        kind = t.LlamaConfig
        extra = {"rms_norm_eps": 1e-5, "num_attention_heads": 4, "num_key_value_heads": 2}
        if model.precision == "fp32":
            extra |= _rope(500000.0, rope_type="llama3", factor=8.0, low_freq_factor=1.0,
                           high_freq_factor=4.0,
                           # Builder 0.7.0 takes the whole context for the original one.
                           original_max_position_embeddings=CONTEXT if OLD else ORIGINAL_CONTEXT)
    elif family == "phi3":
        kind, extra = t.Phi3Config, {
            "original_max_position_embeddings": CONTEXT, "rms_norm_eps": 1e-5}
        common.pop("head_dim")
    elif family == "phi3longrope":
        # Head size 64, of which 48 are rotated, as in Phi-4-mini (96 of 128); float32 files need to be narrower.
        width, rope = (64, _long_rope(16, 0.5)) if model.precision == "fp32" else (128, _long_rope(48, 0.75))
        kind, extra = t.Phi3Config, {"hidden_size": width, "rms_norm_eps": 1e-5, **rope}
        common.pop("head_dim")
    elif family in ("mistral", "mistralwindow"):
        kind, extra = t.MistralConfig, {
            "sliding_window": WINDOW if family == "mistralwindow" else None, "rms_norm_eps": 1e-5,
            "num_attention_heads": 4, "num_key_value_heads": 1}
        if family == "mistralwindow":
            # Builder 0.18.0 writes a window only for layers that are named so.
            extra["layer_types"] = ["sliding_attention"] * 2
    elif family == "qwen2":
        kind, extra = t.Qwen2Config, {}
        common.pop("head_dim")
        width = model.config.get("hidden_size", 64)
        extra = {"num_attention_heads": width // 32, "num_key_value_heads": 1}
    elif family == "qwen3":
        kind, extra = t.Qwen3Config, {"rms_norm_eps": 1e-6, "num_attention_heads": 4, "num_key_value_heads": 2}
    elif family == "gemma":
        kind, extra = t.GemmaConfig, {"hidden_activation": "gelu_pytorch_tanh"}
    elif family == "gemma2":
        kind, extra = t.Gemma2Config, {
            "hidden_activation": "gelu_pytorch_tanh", "query_pre_attn_scalar": 48,
            # Builder 0.7.0 writes no windows.
            "sliding_window": CONTEXT if OLD else WINDOW,
            "attn_logit_softcapping": 5.0, "final_logit_softcapping": 10.0}
    elif family == "gemma3":
        kind, extra = t.Gemma3TextConfig, {
            "hidden_activation": "gelu_pytorch_tanh", "sliding_window": WINDOW, "query_pre_attn_scalar": 48,
            "layer_types": ["sliding_attention", "full_attention"]}
        extra["rope_parameters"] = {
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            "full_attention": {"rope_type": "default", "rope_theta": 1000000.0}}
    elif family == "phi":
        # Phi-2 rotates 32 of 80; half of the head is the nearest that the operator takes here. This architecture
        # has no head size of its own: two heads of 32 make 64.
        kind, extra = t.PhiConfig, {"hidden_size": 64, "num_key_value_heads": 2, "partial_rotary_factor": 0.5}
        if not OLD:
            extra |= _rope(partial_rotary_factor=0.5)
        common.pop("head_dim")
    elif family == "granite":
        kind, extra = t.GraniteConfig, {
            "embedding_multiplier": 6.0, "logits_scaling": 4.0, "residual_multiplier": 0.7,
            "attention_multiplier": 0.12}
        common.pop("head_dim")
    elif family == "olmo":
        kind, extra = t.OlmoConfig, {}
        common.pop("head_dim")
    elif family == "nemotron":
        kind, extra = t.NemotronConfig, {"partial_rotary_factor": 0.5, "head_dim": 32}
        if not OLD:
            extra |= _rope(partial_rotary_factor=0.5)
    elif family == "smollm3":
        kind, extra = t.SmolLM3Config, {
            "no_rope_layers": [1, 0], "use_sliding_window": False,
            "layer_types": ["full_attention", "full_attention"]}
    elif family == "hunyuan":
        kind, extra = t.HunYuanDenseV1Config, {}
    elif family == "granitehybrid":
        kind, extra = t.GraniteMoeHybridConfig, {
            "embedding_multiplier": 6.0, "logits_scaling": 4.0, "residual_multiplier": 0.7,
            "attention_multiplier": 0.12, "layer_types": ["attention"] * 2, "num_local_experts": 0,
            "shared_intermediate_size": 96, "position_embedding_type": "rope"}
        common.pop("head_dim")
    elif family == "ernie45":
        kind, extra = t.Ernie4_5Config, {"use_bias": False}
    else:
        raise ValueError(family)
    if model.precision == "fp32":
        # Four bytes a weight: narrower, to stay small.
        common |= {"intermediate_size": 64, **({"hidden_size": 32} if "head_dim" in common else {})}
    return kind(**{**common, **extra, **model.config})


def _offset_norms(family, name=""):
    """Whether the norm of this name multiplies by its weight plus one."""
    if family.startswith("qwen35"):
        return not name.endswith("linear_attn.norm.weight")
    return family in ("gemma", "gemma2", "gemma3", "gemma3vl", "nemotron")


def _randomize(network, config, family, seed):
    generator = torch.Generator().manual_seed(seed)
    multiplier = 8.0 if family.startswith("gemma") else 1.0
    multiplier *= getattr(config, "embedding_multiplier", 1.0)
    for name, parameter in network.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name and name.endswith("weight"):
            value = 0.1 * noise + (0.0 if _offset_norms(family, name) else 1.0)
        elif name.endswith("bias"):
            value = 0.1 * noise
        elif "embed" in name:
            # Small beside what the layers add, or a tied model repeats its input.
            value = noise * (0.3 / multiplier)
        else:
            gain = 1.5 if any(part in name for part in ("q_proj", "k_proj", "qkv_proj")) else 1.2
            value = noise * (gain / math.sqrt(parameter.shape[-1]))
        parameter.data.copy_(value)
    if not OLD:
        tiny_families.randomize_buffers(network, generator)


def _spread_logits(network, config, family, target=2.0):
    """Scales the last norm (the last matrix where the norm has no weight) so that logits have this spread."""
    deviation = network(torch.tensor([PROMPT])).logits.std().item()
    cap = getattr(config.get_text_config(), "final_logit_softcapping", None)
    if cap:
        raw = cap * torch.atanh((network(torch.tensor([PROMPT])).logits / cap).clamp(-0.999999, 0.999999))
        deviation = raw.std().item()
    factor = target / deviation
    body = network.model
    body = getattr(body, "language_model", body)
    norm = next((n for n in (getattr(body, k, None) for k in ("norm", "final_layernorm", "embedding_norm")) if n), None)
    if norm is None or getattr(norm, "weight", None) is None:
        network.lm_head.weight.data.mul_(factor)
    elif _offset_norms(family):
        norm.weight.data.add_(1.0).mul_(factor).sub_(1.0)
    else:
        norm.weight.data.mul_(factor)
        if getattr(norm, "bias", None) is not None:
            norm.bias.data.mul_(factor)


def _greedy(network, prompt):
    ids, gaps = list(prompt), []
    for _ in range(GREEDY_STEPS):
        top = network(torch.tensor([ids]), use_cache=False).logits[0, -1].topk(2)
        gaps.append((top.values[0] - top.values[1]).item())
        ids.append(top.indices[0].item())
    return ids[len(prompt):], gaps


@torch.no_grad()
def make_networks(model):
    """Transformers models with seeded weights whose greedy continuation is neither constant nor a near tie, as
    pairs of seed and model."""
    config = make_config(model)
    for seed in range(400):
        torch.manual_seed(seed)
        if OLD:
            network = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        else:
            network = tiny_families.make_network(model.family, config)
        network = network.float().eval()
        _randomize(network, config, model.family, seed)
        network.tie_weights()
        _spread_logits(network, config, model.family)
        tokens, gaps = _greedy(network, PROMPT)
        if len(set(tokens)) >= 6 and min(gaps) >= 0.15:
            yield seed, network
