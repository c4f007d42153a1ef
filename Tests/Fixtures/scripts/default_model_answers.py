# SPDX-License-Identifier: Apache-2.0
"""What onnxruntime-genai answers from a model folder: the oracle of the default model's tests.

    python default_model_answers.py MODEL OUT

Writes OUT/answers.json (a row per prompt: the prompt's ids, the greedy tokens, the distance between the two largest
logits at each step) and OUT/logits.bin (float32: the logits after each prompt). Versions: `requirements-test.txt`.
"""

import json
import pathlib
import sys

import numpy
import onnxruntime_genai as genai

NEW_TOKENS = 48
PROMPTS = [
    "What is the capital of France?",
    "What is 2+2?",
    "Write one sentence about the sea.",
    "List three fruits that are yellow.",
    "Explain in two sentences why the sky is blue.",
    "Translate to French: Good morning, my friend.",
    "Who wrote Romeo and Juliet, and what is it about?",
    "Write a Python function that adds two numbers.",
    "Give me a short recipe for pancakes.",
    "What is the difference between a lake and a river?",
    "Count from 1 to 12, separated by commas.",
    "Tell me a story about a robot who learns to paint.",
]


def answer(model, tokenizer, end_tokens, question):
    messages = json.dumps([{"role": "user", "content": question}])
    text = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
    prompt = [int(token) for token in tokenizer.encode(text)]
    parameters = genai.GeneratorParams(model)
    parameters.set_search_options(do_sample=False, max_length=len(prompt) + NEW_TOKENS)
    generator = genai.Generator(model, parameters)
    generator.append_tokens(numpy.array([prompt], numpy.int32))
    tokens, gaps, first = [], [], None
    while len(tokens) < NEW_TOKENS:
        row = numpy.array(generator.get_logits()).reshape(-1)
        first = row.copy() if first is None else first
        second_largest, largest = numpy.sort(row)[-2:]
        gaps.append(float(largest - second_largest))
        generator.generate_next_token()
        tokens.append(int(generator.get_next_tokens()[0]))
        if tokens[-1] in end_tokens:
            break
    return {"question": question, "prompt_text": text, "prompt": prompt, "tokens": tokens, "gaps": gaps}, first


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    ends = json.loads((folder / "genai_config.json").read_text())["model"]["eos_token_id"]
    model = genai.Model(str(folder))
    tokenizer = genai.Tokenizer(model)
    end_tokens = ends if isinstance(ends, list) else [ends]
    rows = [answer(model, tokenizer, end_tokens, question) for question in PROMPTS]
    numpy.stack([first for _, first in rows]).astype("<f4").tofile(out / "logits.bin")
    (out / "answers.json").write_text(json.dumps([row for row, _ in rows], indent=1))


if __name__ == "__main__":
    main()
