# SPDX-License-Identifier: Apache-2.0
"""Writes `oracle.json`, `oracle.bin` and `manifest.json` for the model folders, with plain onnxruntime.

    python make_oracles.py --models ../models [--work WORK] [--only SUBSTRING]

Run it with `requirements-0.18.txt` installed (one onnxruntime judges the files of both builders). With the WORK
folder of `make_models.py` the float32 graphs are compared with transformers as well.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import re
import sys

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

import tiny_models

# The builders round Gemma's embedding factor to two decimals and give Phi-2 another epsilon.
FLOAT32_TOLERANCE = 4e-3


def capacities(folder):
    """The lengths of past buffers by name, for graphs with `sliding_window_cache`, which take them fixed from the start."""
    decoder = json.loads((folder / "genai_config.json").read_text())["model"]["decoder"]
    slack = decoder.get("sliding_window", {}).get("cache_slack", 0)
    result = {}
    for node in onnx.load(folder / "model.onnx", load_external_data=False).graph.node:
        attributes = {a.name: a.i for a in node.attribute}
        if attributes.get("sliding_window_cache"):
            for name in node.input[3:5]:
                result[name] = attributes["local_window_size"] + slack
    return dict(sorted(result.items()))


def widened(path):
    """A graph in bfloat16 as the same in float32, whose weights are those of the file; the bytes of any other as they are.

    onnxruntime's CPU provider lacks most kernels for bfloat16. The float32 graph is what it rounds."""
    wide, narrow = onnx.TensorProto.FLOAT, onnx.TensorProto.BFLOAT16
    model = onnx.load(path)
    graph = model.graph
    values = [*graph.input, *graph.output, *graph.value_info]
    if not any(v.type.tensor_type.elem_type == narrow for v in values):
        return None
    for value in values:
        if value.type.tensor_type.elem_type == narrow:
            value.type.tensor_type.elem_type = wide
    constants = [a.t for n in graph.node for a in n.attribute if a.HasField("t")]
    for tensor in [*graph.initializer, *constants]:
        if tensor.data_type == narrow:
            array = numpy_helper.to_array(tensor).astype(numpy.float32)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == narrow:
                attribute.i = wide
    return model.SerializeToString()


class Session:
    """One sequence of a model folder, with the cache that the graph's own inputs and outputs carry."""

    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        # Weights behind DequantizeLinear: float activations, as the graph says, instead of onnxruntime's int8 ones.
        options.add_session_config_entry("session.qdq_matmulnbits_accuracy_level", "1")
        path = folder / "model.onnx"
        self.session = onnxruntime.InferenceSession(
            widened(path) or str(path), options, providers=["CPUExecutionProvider"])
        self.config = json.loads((folder / "genai_config.json").read_text())["model"]
        self.inputs = {i.name: i for i in self.session.get_inputs()}
        self.outputs = [o.name for o in self.session.get_outputs()]
        # Keys and values by length, and states of convolutions and linear attention, whose size stays.
        self.past_names = [n for n in self.inputs if n.startswith(("past_key_values.", "past."))]
        decoder = self.config["decoder"]
        self.cache_shape = [1, decoder["num_key_value_heads"], 0, decoder["head_size"]]
        self.capacity = capacities(folder)
        self.reset()

    def reset(self):
        self.length = 0
        self.history = []
        self.past = {}
        for name in self.past_names:
            shape = self.inputs[name].shape
            if name.startswith("past_key_values."):
                shape = [d if isinstance(d, int) else c for d, c in zip(shape, self.cache_shape)]
                shape[2] = self.capacity.get(name, 0)
            shape = [1, *shape[1:]]
            kind = {"tensor(float16)": numpy.float16}.get(self.inputs[name].type, numpy.float32)
            self.past[name] = numpy.zeros(shape, kind)

    def run(self, ids):
        """Feeds `ids` after what was fed before; the logits of all of them, or of the last where the graph is pruned."""
        count = len(ids)
        if not self.past_names:
            # Without caches everything is read again.
            self.history, self.length = self.history + list(ids), 0
            ids = self.history
        feeds = {"input_ids": numpy.array([ids], numpy.int64), **self.past}
        total = self.length + len(ids)
        if "attention_mask" in self.inputs:
            feeds["attention_mask"] = numpy.ones((1, total), numpy.int64)
        if "position_ids" in self.inputs:
            positions = numpy.arange(self.length, total, dtype=numpy.int64)[None]
            # Graphs that also take images have three of them for each token; in a text all are the same.
            several = len(self.inputs["position_ids"].shape) == 3
            feeds["position_ids"] = numpy.stack([positions] * 3) if several else positions
        results = dict(zip(self.outputs, self.session.run(None, feeds)))
        self.length = total
        for name in self.past_names:
            self.past[name] = results[re.sub("^past(_key_values)?", "present", name)]
        return results["logits"][0].astype(numpy.float32)[-count:]


class Writer:
    """Collects cases and the logits that they refer to."""

    def __init__(self):
        self.cases, self.blob, self.largest, self.squares = [], bytearray(), 0.0, []

    def add(self, name, logits, **fields):
        logits = numpy.ascontiguousarray(logits, "<f4")
        assert numpy.isfinite(logits).all(), name
        place = {"offset": len(self.blob), "shape": list(logits.shape)}
        self.blob += logits.tobytes()
        self.largest = max(self.largest, float(numpy.abs(logits).max()))
        self.squares.append(float(logits.std()))
        self.cases.append({"name": name, **fields, "logits": place})


def continuation(session, prompt, recompute_at=None):
    """Greedy tokens from `prompt`, the distance of the best two logits at each, and the logits."""
    session.reset()
    row = session.run(prompt)[-1]
    tokens, gaps, rows = [], [], []
    while True:
        rows.append(row)
        second, first = numpy.sort(row)[-2:]
        tokens.append(int(row.argmax()))
        gaps.append(round(float(first - second), 6))
        if len(tokens) > tiny_models.GREEDY_STEPS:
            return tokens, gaps, numpy.stack(rows)
        if recompute_at is not None and session.length + 1 == recompute_at:
            session.reset()
            row = session.run(prompt + tokens)[-1]
        else:
            row = session.run(tokens[-1:])[-1]


def greedy(session, writer, name, prompt, recompute_at=None):
    """Row i of the logits chose tokens[i]. Where the length reaches `recompute_at` the whole sequence is fed
    again, as onnxruntime-genai does where long rope switches its tables."""
    tokens, gaps, rows = continuation(session, prompt, recompute_at)
    fields = {"prompt": prompt, "tokens": tokens, "top2_gaps": gaps}
    if recompute_at is not None:
        fields["recompute_at"] = recompute_at
    writer.add(name, rows, **fields)
    return tokens, gaps


def prefill(session, writer, name, ids, last=None):
    """Stores the logits of all positions of `ids`, or of the `last` ones."""
    session.reset()
    logits = session.run(ids)
    count = min(len(logits), len(ids) if last is None else last)
    first = len(ids) - count
    writer.add(name, logits[len(logits) - count:], input_ids=ids, past_length=0, first_row=first)
    return logits


def chunked(session, writer, name, ids, split):
    session.reset()
    session.run(ids[:split])
    logits = session.run(ids[split:])
    writer.add(name, logits, past_ids=ids[:split], input_ids=ids[split:], past_length=split,
               first_row=len(ids) - split - len(logits))


def transformers_oracle(folder, work, record):
    """The logits of the network from which a float32 graph was made."""
    writer = Writer()
    logits = numpy.load(work / folder.name / "hf_logits.npz")["prefill"]
    writer.add("prefill", logits, input_ids=tiny_models.PROMPT, past_length=0, first_row=0)
    writer.add("chunked", logits[12:], past_ids=tiny_models.PROMPT[:12], input_ids=tiny_models.PROMPT[12:], past_length=12,
               first_row=0)
    write_oracle(folder, writer, f"transformers {record['builder']['transformers']}, float32",
                 **({"cache_capacity": capacities(folder)} if capacities(folder) else {}))
    print(f"{folder.name}: by transformers", flush=True)
    return record


def write_oracle(folder, writer, producer, **more):
    oracle = {
        "model": folder.name,
        "producer": producer,
        "largest_logit": round(writer.largest, 6),
        "logit_deviation": round(float(numpy.mean(writer.squares)), 6),
        "cases": writer.cases,
        **more,
    }
    (folder / "oracle.json").write_text(compact(json.dumps(oracle, indent=1)) + "\n")
    (folder / "oracle.bin").write_bytes(writer.blob)
    return oracle


def make_oracle(folder, work):
    record_file = work / folder.name / "record.json" if work else None
    record = json.loads(record_file.read_text()) if record_file and record_file.exists() else {}
    if record.pop("oracle", None) == "transformers":
        return transformers_oracle(folder, work, record)
    session = Session(folder)
    writer = Writer()
    prompt, long_prompt = tiny_models.PROMPT, tiny_models.LONG_PROMPT
    logits = prefill(session, writer, "prefill", prompt)
    tokens, gaps = greedy(session, writer, "greedy", prompt)
    chunked(session, writer, "chunked", prompt, 12)
    difference = {}
    reference = work / folder.name / "hf_logits.npz" if work else None
    references = numpy.load(reference) if reference and reference.exists() else {}
    if "prefill" in references:
        reference = references["prefill"][-len(logits):]
        difference["prefill"] = round(float(numpy.abs(logits - reference).max()), 6)
    if "longrope" in folder.name:
        long_logits = prefill(session, writer, "prefill_long", long_prompt, last=4)
        if "prefill_long" in references:
            difference["prefill_long"] = round(float(numpy.abs(long_logits - references["prefill_long"]).max()), 6)
        greedy(session, writer, "greedy_long", long_prompt)
        greedy(session, writer, "greedy_switch", tiny_models.SWITCH_PROMPT, tiny_models.ORIGINAL_CONTEXT + 1)
        greedy(session, writer, "greedy_switch_plain", tiny_models.SWITCH_PROMPT)
    more = {"cache_capacity": session.capacity} if session.capacity else {}
    oracle = write_oracle(
        folder, writer, f"onnxruntime {importlib.metadata.version('onnxruntime')}, CPU, 1 thread", **more)
    if record:
        record["onnxruntime_against_transformers"] = difference
    print(f"{folder.name}: deviation {oracle['logit_deviation']:.2f} tokens {len(set(tokens))} distinct "
          f"smallest gap {min(gaps):.3f} against transformers {difference}", flush=True)
    if "fp32" in folder.name or "opset" in folder.name:
        for case, value in difference.items():
            if value > FLOAT32_TOLERANCE:
                print(f"  WARNING {folder.name} {case}: {value} from transformers")
    return record


def compact(text):
    """Puts lists of numbers on one line."""
    return re.sub(r"\[\s+([-0-9.,e\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    manifest_path = arguments.models / "manifest.json"
    old = json.loads(manifest_path.read_text())["models"] if manifest_path.exists() else {}
    models = {}
    for folder in sorted(p for p in arguments.models.iterdir() if (p / "model.onnx").exists()):
        record = old.get(folder.name, {})
        if arguments.only in folder.name:
            record = make_oracle(folder, arguments.work) or record
        record.pop("name", None)
        record["bytes"] = sum(f.stat().st_size for f in folder.iterdir())
        record["sha256"] = {
            f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}
        models[folder.name] = record
    manifest = {"oracle": {p: importlib.metadata.version(p) for p in ("onnxruntime", "numpy")},
                "bytes": sum(m["bytes"] for m in models.values()), "models": models}
    manifest_path.write_text(json.dumps(manifest, indent=1) + "\n")
    for name, model in models.items():
        size = model["sha256"] and sum((arguments.models / name / f).stat().st_size
                                       for f in ("model.onnx", "model.onnx.data")
                                       if (arguments.models / name / f).exists())
        if size > 1_000_000:
            print(f"WARNING {name}: {size} bytes")
    print(f"{len(models)} models, {manifest['bytes']} bytes")


if __name__ == "__main__":
    sys.exit(main())
