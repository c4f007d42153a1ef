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
    model: Path
    command: list

    @property
    def key(self):
        return f"{self.engine} {self.settings}".strip()


def variants(case, models, onnxlm, threads):
    """Every engine that runs the case, in an order that means nothing."""
    prompt, count = [], case.prompt
    if case.text:
        file, count = models.prompt(case)
        prompt = ["--prompt-file", str(file)]

    def script(engine, settings, name, model, *more):
        return Variant(engine, settings, model, [
            sys.executable, str(RUNNERS / name), str(model), "--prompt-tokens", str(count), "--new-tokens",
            str(case.new), "--warm-up-tokens", str(case.warm_up), "--threads", str(threads), *prompt, *map(str, more)])

    def openvino(settings, attention, *more):
        return script("OpenVINO GenAI", settings, "run_openvino_genai.py", models.openvino(case.model),
                      "--attention", attention, "--tokenizer", models.tokenizer, *more)

    def llama_cpp(flash):
        return script("llama.cpp", f"flash attention {flash}", "run_llama_cpp.py", models.llama_cpp(case.model),
                      "--flash-attention", flash)

    if case.text:
        yield script(OURS, "", "run_onnxlm.py", models.onnx(case.model), "--onnxlm", onnxlm)
        yield script("onnxruntime-genai", "", "run_onnxruntime_genai.py", models.onnx(case.model))
        yield llama_cpp("on")
        for guesses in [2, 5]:
            yield script("llama.cpp", f"{guesses} guesses", "run_llama_cpp_lookup.py", models.llama_cpp(case.model),
                         "--guesses", guesses)
        for guesses in [3, 5, 10]:
            yield openvino(f"{guesses} guesses", "PA", "--guesses", guesses)
        return
    yield Variant(OURS, "", models.onnx(case.model), [
        str(onnxlm), "bench", str(models.onnx(case.model)), "--prompt-tokens", str(case.prompt), "--new-tokens",
        str(case.new), "--warm-up-tokens", str(case.warm_up), "--threads", str(threads), "--repeat", "1", "--json"])
    if case.first_load:
        return
    yield script("onnxruntime-genai", "", "run_onnxruntime_genai.py", models.onnx(case.model))
    for flash in ["on", "off"]:
        yield llama_cpp(flash)
    # The stateful back end is ahead on none of the large shapes.
    for attention in ["PA", "SDPA"] if "smollm2" in case.model else ["PA"]:
        yield openvino(attention, attention)


ENGINES = [OURS, "onnxruntime-genai", "llama.cpp", "OpenVINO GenAI"]
PACKAGES = {"onnxruntime-genai": "onnxruntime-genai", "llama.cpp": "llama-cpp-python", "OpenVINO GenAI": "openvino-genai"}
