# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: which figure of which case, and what ONNXLM is to reach."""
from dataclasses import dataclass, field

from .engines import OURS


@dataclass(frozen=True)
class Metric:
    """A figure that a measurement gives."""

    unit: str
    digits: int
    value: callable
    higher_is_better: bool = True


def start_seconds(result, case):
    """From the call that loads to the first token."""
    return result["load_seconds"] + case.prompt / result["prefill_tokens_per_second"]


METRICS = {
    "decode": Metric("tok/s", 1, lambda result, case: result["decode_tokens_per_second"]),
    "prefill": Metric("tok/s", 1, lambda result, case: result["prefill_tokens_per_second"]),
    "load": Metric("s", 2, lambda result, case: result["load_seconds"], False),
    "start": Metric("s", 2, start_seconds, False),
    "memory": Metric("GB", 2, lambda result, case: result["peak_rss_bytes"] / 1e9, False),
}


@dataclass(frozen=True)
class Row:
    """One line. Goals: `best` and those named after engines are least ratios, `most` is a bound on the figure."""

    label: str
    case: str
    metric: str
    goals: dict = field(default_factory=dict, compare=False)
    rivals_case: str = ""
    """The case of the other engines, where it is not the same."""

    def case_of(self, engine):
        return self.rivals_case if self.rivals_case and engine != OURS else self.case


SMOLLM2, MIXED = "SmolLM2-135M", "SmolLM2-135M, 4 and 8 bits"
PHI, PHI8 = "Phi-4-mini's shape", "Phi-4-mini's shape, 8 layers"
PREFILL = {"onnxruntime-genai": 4, "llama.cpp": 1.9, "best": 1}

ROWS = [
    Row(f"{SMOLLM2}, decode after 32 tokens", "smollm2-32", "decode", {"best": 1.5}),
    Row(f"{SMOLLM2}, decode after 4,096 tokens", "smollm2-4096", "decode", {"best": 2.5}),
    Row(f"{SMOLLM2}, prefill 512", "smollm2-512", "prefill", {"best": 1.6}),
    Row(f"{SMOLLM2}, prefill 4,096", "smollm2-4096", "prefill", {"best": 1.35}),
    Row(f"{SMOLLM2}, code given back with a change", "smollm2-code", "decode"),
    Row(f"{SMOLLM2}, a story", "smollm2-story", "decode"),
    Row(f"{MIXED}, decode after 32 tokens", "mixed-32", "decode"),
    Row(f"{MIXED}, prefill 512", "mixed-512", "prefill"),
    Row(f"{PHI8}, decode after 32 tokens", "phi8-32", "decode"),
    Row(f"{PHI8}, decode after 4,112 tokens", "phi8-4112", "decode", {"best": 1.9}),
    Row(f"{PHI8}, prefill 512", "phi8-512", "prefill"),
    Row(f"{PHI8}, prefill 4,112", "phi8-4112", "prefill", {"best": 1.9}),
    Row(f"{PHI}, decode after 128 tokens", "phi-128", "decode",
        {"onnxruntime-genai": 2.2, "best": 1.25, "memory fraction": 0.9}),
    Row(f"{PHI}, prefill 128", "phi-128", "prefill", PREFILL),
    Row(f"{PHI}, prefill 512", "phi-512", "prefill", PREFILL),
    Row(f"{PHI}, load", "phi-load", "load", {"most": 0.1}),
    Row(f"{PHI}, load to first token", "phi-load", "start"),
    Row(f"{PHI}, first load", "phi-first", "load", {"most": 3}, "phi-load"),
    Row(f"{PHI}, first load to first token", "phi-first", "start", {}, "phi-load"),
    Row(f"{PHI}, peak memory, 128 + 32 tokens", "phi-128", "memory", {"times weights and cache": 1.15}),
]
