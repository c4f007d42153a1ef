# SPDX-License-Identifier: Apache-2.0
"""Rows of logits through the logit processors of transformers: the oracle of the controls of one sequence.

    python make_processor_rows.py OUT

Writes OUT/processors.json: `logits` (vectors by name) and `rows`, each with the name of a vector, the tokens so far,
how many of them are the prompt's, the options, and what the processors gave: `scores` (the processed logits, null for
minus infinity) or, when tokens are drawn, `probabilities` as pairs of a token and its probability, for all tokens that
may be drawn. Presence and frequency penalties, which transformers has not, are computed here by their definition.
Versions: `requirements.txt`.
"""

import json
import pathlib
import sys

import numpy
import torch
from transformers import generation as g

VOCABULARY = 64
END = [2, 7]


def vectors():
    random = numpy.random.default_rng(20260301)
    peaked = random.normal(0, 2, VOCABULARY)
    peaked[11] = 9
    coarse = numpy.round(random.normal(0, 2, VOCABULARY))
    some = random.normal(0, 3, VOCABULARY)
    some[10:50] = -numpy.inf
    lone = numpy.full(VOCABULARY, -numpy.inf)
    lone[33] = -4
    result = {
        "normal": random.normal(0, 3, VOCABULARY),
        "peaked": peaked,
        "flat": random.normal(0, 0.05, VOCABULARY),
        "coarse": coarse,
        "equal": numpy.full(VOCABULARY, 1.5),
        "negative": random.normal(-20, 2, VOCABULARY),
        "some infinite": some,
        "one finite": lone,
    }
    return {name: values.astype(numpy.float32) for name, values in result.items()}


HISTORY = [5, 9, 11, 5, 9, 40, 41, 5, 9, 2, 33, 60, 5, 9]
PROMPT = 8

PENALTIES = [
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.7},
    {"presence_penalty": 0.8},
    {"frequency_penalty": 0.6},
    {"presence_penalty": -0.5, "frequency_penalty": 1.25},
    {"no_repeat_ngram_size": 1},
    {"no_repeat_ngram_size": 2},
    {"no_repeat_ngram_size": 3},
    {"no_repeat_ngram_size": 30},
    {"logit_bias": {"3": 2.5, "11": -4.0, "60": "-inf"}},
    {"banned_tokens": [[11], [9, 33], [5, 9, 20], [9, 5, 21], [1, 5, 9, 22]]},
    {"min_length": 15},
    {"min_length": 14},
    {"min_new_tokens": 7},
    {"min_new_tokens": 6},
    {
        "repetition_penalty": 1.2,
        "no_repeat_ngram_size": 2,
        "min_new_tokens": 20,
        "logit_bias": {"3": 2.0, "40": 1.0},
        "banned_tokens": [[9, 12]],
    },
]

DRAWS = [
    {"temperature": 0.5},
    {"temperature": 3.0},
    {"top_k": 1000},
    {"top_k": 5},
    {"temperature": 0.8, "top_k": 40, "top_p": 0.9},
    {"top_p": 0.0},
    {"top_p": 0.3},
    {"top_p": 0.95},
    {"top_p": 1.0},
    {"min_p": 0.02},
    {"min_p": 0.5},
    {"min_p": 1.0},
    {"typical_p": 0.2},
    {"typical_p": 0.9},
    {"typical_p": 0.999},
    {"temperature": 1.5, "top_k": 30, "min_p": 0.1},
    {"temperature": 0.7, "top_p": 0.9, "min_p": 0.05, "typical_p": 0.8},
    {"temperature": 2.0, "top_k": 20, "top_p": 0.8, "min_p": 0.05, "typical_p": 0.5, "repetition_penalty": 1.5},
]


def counts_penalty(scores, options):
    answer = HISTORY[PROMPT:]
    presence, frequency = options.get("presence_penalty", 0), options.get("frequency_penalty", 0)
    for token in set(answer):
        scores[0, token] -= presence + answer.count(token) * frequency
    return scores


def processors(options):
    """In the order of GenerationMixin._get_logits_processor."""
    result = []
    if "logit_bias" in options:
        finite = {(int(k),): float(v) for k, v in options["logit_bias"].items() if v != "-inf"}
        banned = [[int(k)] for k, v in options["logit_bias"].items() if v == "-inf"]
        result.append(g.SequenceBiasLogitsProcessor(finite))
        if banned:
            result.append(g.NoBadWordsLogitsProcessor(banned))
    if options.get("repetition_penalty", 1) != 1:
        result.append(g.RepetitionPenaltyLogitsProcessor(options["repetition_penalty"]))
    if "presence_penalty" in options or "frequency_penalty" in options:
        result.append(lambda ids, scores: counts_penalty(scores.clone(), options))
    if options.get("no_repeat_ngram_size", 0) > 0:
        result.append(g.NoRepeatNGramLogitsProcessor(options["no_repeat_ngram_size"]))
    if "banned_tokens" in options:
        result.append(g.NoBadWordsLogitsProcessor(options["banned_tokens"], eos_token_id=END))
    if "min_length" in options:
        result.append(g.MinLengthLogitsProcessor(options["min_length"], END, device="cpu"))
    if "min_new_tokens" in options:
        result.append(g.MinNewTokensLengthLogitsProcessor(PROMPT, options["min_new_tokens"], END, device="cpu"))
    if "temperature" in options:
        result.append(g.TemperatureLogitsWarper(options["temperature"]))
    if options.get("top_k"):
        result.append(g.TopKLogitsWarper(options["top_k"]))
    if options.get("top_p", 1) < 1:
        result.append(g.TopPLogitsWarper(options["top_p"]))
    if "min_p" in options:
        result.append(g.MinPLogitsWarper(options["min_p"]))
    if options.get("typical_p", 1) < 1:
        result.append(g.TypicalLogitsWarper(options["typical_p"]))
    return result


def main():
    out = pathlib.Path(sys.argv[1])
    logits = vectors()
    ids = torch.tensor([HISTORY])
    rows = []
    for name, vector in logits.items():
        for options in PENALTIES + DRAWS:
            scores = torch.tensor(vector)[None]
            for processor in processors(options):
                scores = processor(ids, scores)
            row = {"logits": name, "options": options}
            if options in DRAWS:
                weights = torch.softmax(scores.double(), -1)[0]
                row["probabilities"] = [[i, float(p)] for i, p in enumerate(weights) if p > 0]
            else:
                row["scores"] = [None if v == -numpy.inf else float(v) for v in scores[0].numpy()]
            rows.append(row)
    data = {
        "logits": {k: [None if v == -numpy.inf else float(v) for v in x] for k, x in logits.items()},
        "history": HISTORY,
        "prompt_count": PROMPT,
        "end_tokens": END,
    }
    text = json.dumps(data)[:-1] + ', "rows": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n"
    (out / "processors.json").write_text(text)


if __name__ == "__main__":
    main()
