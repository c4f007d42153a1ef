# SPDX-License-Identifier: Apache-2.0
"""Log-probabilities, perplexities and hidden states as onnxruntime computes them: the oracle of scoring.

    python make_score_rows.py MODELS OUT

Writes OUT/hidden-states, a tiny Llama that the builder of onnxruntime-genai made with `include_hidden_states`, and
OUT/scores.json: rows of token ids with the log-probability of each after those before it (`log_probabilities`), rows
with `window`, `stride`, and the sum and the number of what is counted, and the hidden states of one row of tokens.
Versions: `requirements.txt`.
"""

import json
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts"))

import numpy
import make_models
import make_oracles
import tiny_models

FOLDERS = ["0.18.0-llama-fp32", "0.18.0-qwen3-fp32", "0.18.0-llama-int4-asymmetric-level1", "0.18.0-llama-int4"]
WINDOWS = [(128, 128), (64, 64), (32, 16), (100, 37), (50, 1), (2, 1)]


def log_probabilities(rows, tokens):
    """Of `tokens`, each after the position of its row."""
    rows = rows.astype(numpy.float64)
    shifted = rows - rows.max(-1, keepdims=True)
    normal = shifted - numpy.log(numpy.exp(shifted).sum(-1, keepdims=True))
    return [float(normal[index, token]) for index, token in enumerate(tokens)]


def sliding(session, tokens, window, stride):
    """What the documentation of transformers on perplexity describes: each token counts once."""
    total, count, counted, start = 0.0, 0, 0, 0
    while True:
        end = min(start + window, len(tokens))
        session.reset()
        logits = session.run(tokens[start:end])
        first = max(counted - start, 1)
        values = log_probabilities(logits[first - 1 : -1], tokens[start + first : end])
        total, count = total + sum(values), count + len(values)
        counted = end
        if end == len(tokens):
            return total, count
        start += stride


def hidden_model(out):
    builder = make_models.load_builder()
    model = tiny_models.fp32("llama", "fp32-hidden-states", include_hidden_states="true")
    seed, network = next(iter(tiny_models.make_networks(model)))
    with tempfile.TemporaryDirectory() as work:
        made = make_models.export(builder, model, seed, network, pathlib.Path(work) / "model")
        target = out / "hidden-states"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name in sorted(make_models.KEPT):
            if (made / name).exists():
                shutil.copy(made / name, target / name)
    session = make_oracles.Session(target)
    tokens = tiny_models.PROMPT
    feeds = {"input_ids": numpy.array([tokens], numpy.int64), **session.past}
    feeds["attention_mask"] = numpy.ones((1, len(tokens)), numpy.int64)
    states = session.session.run(["hidden_states"], feeds)[0][0]
    return {"tokens": tokens, "size": states.shape[1], "values": [float(f"{x:.7g}") for x in states.reshape(-1)]}


def main():
    models, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    random = numpy.random.default_rng(7)
    scores, windows = [], []
    for name in FOLDERS:
        session = make_oracles.Session(models / name)
        tokens = [1] + random.integers(3, 130, 299).tolist()
        short = tokens[:90]
        session.reset()
        scores.append(
            {
                "folder": name,
                "tokens": short,
                "log_probabilities": log_probabilities(session.run(short)[:-1], short[1:]),
            }
        )
        for window, stride in WINDOWS:
            total, count = sliding(session, tokens, window, stride)
            windows.append(
                {"folder": name, "tokens": tokens, "window": window, "stride": stride, "total": total, "count": count}
            )
    data = {"scores": scores, "windows": windows, "hidden_states": hidden_model(out)}
    (out / "scores.json").write_text(json.dumps(data) + "\n")


if __name__ == "__main__":
    main()
