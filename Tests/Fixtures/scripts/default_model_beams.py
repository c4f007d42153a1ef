# SPDX-License-Identifier: Apache-2.0
"""What onnxruntime-genai finds with four beams in a model folder: the oracle of the default model's tests.

    python default_model_beams.py MODEL OUT

Writes OUT/beams.json, a row per prompt: the prompt's ids and the four sequences after it, best first.
Versions: `requirements-test.txt`.
"""

import json
import pathlib
import sys

import numpy
import onnxruntime_genai as genai

NEW_TOKENS = 16
BEAMS = 4
PROMPTS = ["What is the capital of France?", "Write one sentence about the sea."]


def search(model, tokenizer, question):
    messages = json.dumps([{"role": "user", "content": question}])
    prompt = [int(token) for token in tokenizer.encode(
        tokenizer.apply_chat_template(messages, add_generation_prompt=True))]
    parameters = genai.GeneratorParams(model)
    parameters.set_search_options(
        do_sample=False, num_beams=BEAMS, num_return_sequences=BEAMS, max_length=len(prompt) + NEW_TOKENS)
    generator = genai.Generator(model, parameters)
    generator.append_tokens(numpy.array([prompt], numpy.int32))
    while not generator.is_done():
        generator.generate_next_token()
    sequences = [[int(token) for token in generator.get_sequence(i)][len(prompt):] for i in range(BEAMS)]
    return {"prompt": prompt, "sequences": sequences}


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    model = genai.Model(str(folder))
    tokenizer = genai.Tokenizer(model)
    (out / "beams.json").write_text(json.dumps([search(model, tokenizer, question) for question in PROMPTS]))


if __name__ == "__main__":
    main()
