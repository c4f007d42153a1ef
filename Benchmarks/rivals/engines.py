# SPDX-License-Identifier: Apache-2.0
"""The four engines: how one measurement of each is started, with which settings."""
import sys
from dataclasses import dataclass
from pathlib import Path

RUNNERS = Path(__file__).resolve().parent / "runners"
OURS = "ONNXLM"


@dataclass(frozen=True)
class Variant:
    """An engine with settings; of an engine's variants, the table shows the best."""

    engine: str
    settings: str
    command: list

    @property
    def key(self):
        return f"{self.engine} {self.settings}".strip()


def variants(case, models, onnxlm, threads):
    """Every engine that runs the case, in an order that means nothing."""
    def rival(engine, settings, script, model, *more):
        return Variant(engine, settings, [
            sys.executable, str(RUNNERS / script), str(model), "--prompt-tokens", str(case.prompt), "--new-tokens",
            str(case.new), "--warm-up-tokens", str(case.warm_up), "--threads", str(threads), *map(str, more)])

    yield Variant(OURS, "", [
        str(onnxlm), "bench", str(models.onnx(case.model)), "--prompt-tokens", str(case.prompt), "--new-tokens",
        str(case.new), "--warm-up-tokens", str(case.warm_up), "--threads", str(threads), "--repeat", "1", "--json"])
    yield rival("onnxruntime-genai", "", "run_onnxruntime_genai.py", models.onnx(case.model))
    for flash in ["on", "off"]:
        yield rival("llama.cpp", f"flash attention {flash}", "run_llama_cpp.py", models.llama_cpp(case.model),
                    "--flash-attention", flash)
    for attention in ["PA", "SDPA"]:
        yield rival("OpenVINO GenAI", attention, "run_openvino_genai.py", models.openvino(case.model),
                    "--attention", attention, "--tokenizer", models.tokenizer)


ENGINES = [OURS, "onnxruntime-genai", "llama.cpp", "OpenVINO GenAI"]
PACKAGES = {"onnxruntime-genai": "onnxruntime-genai", "llama.cpp": "llama-cpp-python", "OpenVINO GenAI": "openvino-genai"}
