# SPDX-License-Identifier: Apache-2.0
"""What onnxruntime-genai finds with greedy and beam search in the tiny models: the oracle of the search.

    python make_search_rows.py MODELS OUT

Writes OUT/search.json, a list of rows: the model's folder, the prompt, the end-of-sequence tokens (many, so that
sequences do end; the folder's own are replaced), the options, and the sequences, prompt included.
Versions: `requirements.txt`.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import numpy
import onnxruntime_genai as genai

FOLDERS = [
    "0.18.0-llama-fp32",
    "0.18.0-qwen3-fp32",
    "0.18.0-smollm3-fp32",
    "0.18.0-ernie45-fp32",
    "0.7.0-gemma2-fp32",
    "0.18.0-llama-int4-asymmetric-level1",
]
PROMPTS = [[1, 17, 33, 9], [1, 100, 45, 45, 12, 99, 7, 120, 31]]
GREEDY = [
    {},
    {"repetition_penalty": 1.3},
    {"no_repeat_ngram_size": 2},
    {"min_length": 22},
    {"repetition_penalty": 1.1, "no_repeat_ngram_size": 3, "min_length": 16},
]
BEAMS = [
    {"num_beams": 2},
    {"num_beams": 4, "num_return_sequences": 4},
    {"num_beams": 4, "num_return_sequences": 2, "early_stopping": False},
    {"num_beams": 3, "num_return_sequences": 3, "length_penalty": 0.3, "early_stopping": False},
    {"num_beams": 3, "num_return_sequences": 3, "length_penalty": 2.0},
    {"num_beams": 3, "num_return_sequences": 1, "length_penalty": -1.0, "early_stopping": False},
    {"num_beams": 5, "num_return_sequences": 5, "repetition_penalty": 1.3, "min_length": 20},
    {"num_beams": 8, "num_return_sequences": 8},
]
NEW_TOKENS = 20


def search(model, prompt, options):
    parameters = genai.GeneratorParams(model)
    parameters.set_search_options(do_sample=False, max_length=len(prompt) + NEW_TOKENS, **options)
    generator = genai.Generator(model, parameters)
    generator.append_tokens(numpy.array([prompt], numpy.int32))
    while not generator.is_done():
        generator.generate_next_token()
    count = options.get("num_return_sequences", 1)
    return [[int(token) for token in generator.get_sequence(index)] for index in range(count)]


def main():
    models, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows = []
    for name in FOLDERS:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder) / name
            shutil.copytree(models / name, folder)
            config = json.loads((folder / "genai_config.json").read_text())
            vocabulary = config["model"]["vocab_size"]
            ends = list(range(3, vocabulary, 23))
            config["model"]["eos_token_id"] = ends
            (folder / "genai_config.json").write_text(json.dumps(config))
            model = genai.Model(str(folder))
            for prompt in PROMPTS:
                for options in GREEDY + BEAMS:
                    rows.append(
                        {
                            "folder": name,
                            "prompt": prompt,
                            "end_tokens": ends,
                            "max_length": len(prompt) + NEW_TOKENS,
                            "options": options,
                            "sequences": search(model, prompt, options),
                        }
                    )
    (out / "search.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
