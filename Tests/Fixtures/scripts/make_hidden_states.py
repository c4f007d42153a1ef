# SPDX-License-Identifier: Apache-2.0
"""Makes tiny decoders that take or give hidden states, as cases in ONNX's layout with onnxruntime's answers.

    python make_hidden_states.py --out CASES --work WORK

Run it with `requirements-0.18.txt` installed. The builder writes them with `exclude_embeds` (the graph takes
`inputs_embeds`, as the decoders of models for images do) and `exclude_lm_head` (it gives `hidden_states`). Each case has a
prompt, a step after it with onnxruntime's caches, a part of several tokens after another, and a batch of two with its step.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import sys

import numpy
import onnxruntime
import torch
import transformers
from onnx import numpy_helper

import make_models
import tiny_models

# In parts of the standard deviation, as `ModelTolerance` has them.
TOLERANCES = {"float": 1e-4, "quantized": 0.05, "half": 0.02}
EXCLUDED = {"exclude_embeds": "true"}
MODELS = [
    (tiny_models.fp32("llama", "fp32-embeds", **EXCLUDED), "float"),
    (tiny_models.int4("llama", "int4-embeds", **EXCLUDED), "quantized"),
    (tiny_models.int8("llama", "int8-embeds", **EXCLUDED), "quantized"),
    (tiny_models.int4_half("llama", "int4-fp16io-embeds", **EXCLUDED), "half"),
    (tiny_models.int4("qwen3", "int4-embeds", **EXCLUDED), "quantized"),
    (tiny_models.fp32("gemma2", "fp32-embeds", windowed_kv_cache="false", **EXCLUDED), "float"),
    (tiny_models.int4("phi3longrope", "int4-embeds", **EXCLUDED), "quantized"),
    (tiny_models.fp32("qwen25vl", "fp32-embeds", **EXCLUDED), "float"),
    (tiny_models.fp32("llama", "fp32-hidden", exclude_lm_head="true"), "float"),
    (tiny_models.int4("llama", "int4-hidden", exclude_lm_head="true"), "quantized"),
    (tiny_models.int4("llama", "int4-embeds-hidden", exclude_lm_head="true", **EXCLUDED), "quantized"),
]


class Decoder:
    """A graph by onnxruntime, and what it is given."""

    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self.inputs = self.session.get_inputs()
        self.outputs = [o.name for o in self.session.get_outputs()]
        self.decoder = json.loads((folder / "genai_config.json").read_text())["model"]["decoder"]

    def feeds(self, rng, batch, count, past=None):
        """Inputs for `count` tokens after `past`, which is the outputs of a run and its length."""
        before, length = past or ({}, 0)
        result = {}
        for value in self.inputs:
            kind = numpy.float16 if value.type == "tensor(float16)" else numpy.float32
            if value.name == "input_ids":
                result[value.name] = rng.integers(7, 130, (batch, count))
            elif value.name == "inputs_embeds":
                result[value.name] = rng.standard_normal((batch, count, value.shape[2])).astype(kind)
            elif value.name == "attention_mask":
                result[value.name] = numpy.ones((batch, length + count), numpy.int64)
            elif value.name == "position_ids":
                positions = numpy.arange(length, length + count)[None].repeat(batch, 0)
                result[value.name] = numpy.stack([positions] * 3) if len(value.shape) == 3 else positions
            elif value.name.startswith("past"):
                made = before.get(re.sub("^past(_key_values)?", "present", value.name))
                shape = (batch, self.decoder["num_key_value_heads"], 0, self.decoder["head_size"])
                result[value.name] = numpy.zeros(shape, kind) if made is None else made
            else:
                raise ValueError(f"an input {value.name}")
        return result

    def run(self, feeds):
        return dict(zip(self.outputs, self.session.run(None, feeds)))


def write_case(folder, made, tolerance):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("model.onnx", "model.onnx.data"):
        if (made / name).exists():
            shutil.copy(made / name, folder / name)
    decoder, rng = Decoder(made), numpy.random.default_rng(7)
    sets = []
    for batch, first, more in ((1, 12, 1), (1, 7, 5), (2, 9, 1)):
        feeds = decoder.feeds(rng, batch, first)
        sets.append((feeds, decoder.run(feeds)))
        feeds = decoder.feeds(rng, batch, more, (sets[-1][1], first))
        sets.append((feeds, decoder.run(feeds)))
    for number, (feeds, results) in enumerate(sets):
        data = folder / f"test_data_set_{number}"
        data.mkdir()
        for kind, arrays in (("input", feeds), ("output", results)):
            for index, (name, array) in enumerate(arrays.items()):
                assert numpy.isfinite(array).all(), name
                (data / f"{kind}_{index}.pb").write_bytes(
                    numpy_helper.from_array(numpy.ascontiguousarray(array), name).SerializeToString())
    deviation = min(float(array.astype("f").std()) for _, results in sets for array in results.values())
    (folder / "case.json").write_text(json.dumps({"rtol": 0, "atol": TOLERANCES[tolerance] * deviation}) + "\n")
    print(f"{folder.name}: {[i.name for i in decoder.inputs][:3]} → {decoder.outputs[0]}, deviation {deviation:.3g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(1)
    builder = make_models.load_builder()
    failures = 0
    for model, tolerance in MODELS:
        name = f"{model.family}-{model.variant}"
        try:
            seed, network = next(tiny_models.make_networks(dataclasses.replace(model, options={})))
            made = make_models.export(builder, model, seed, network, arguments.work / name)
            write_case(arguments.out / name, made, tolerance)
        except Exception as error:
            failures += 1
            print(f"{name}: FAILED: {type(error).__name__}: {error}")
        shutil.rmtree(arguments.work / name, ignore_errors=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
