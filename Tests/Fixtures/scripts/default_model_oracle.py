# SPDX-License-Identifier: Apache-2.0
"""What the default model answers, and how far a model folder is from its GGUF.

    python default_model_oracle.py reference OUT          float32 weights, 12 prompts, logits of a fixed text
    python default_model_oracle.py tokens MODEL           onnxruntime-genai, greedy, 48 tokens per prompt, as JSON
    python default_model_oracle.py divergence MODEL OUT   onnxruntime's logits against those of `reference`, as JSON

MODEL is a model folder (model.onnx, genai_config.json, …); OUT is a folder that `reference` fills once. Versions:
`requirements-0.18.txt`.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import pathlib
import sys

import numpy

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
TEXT = """The old harbour wakes before the town does. At five in the morning the first boats come in, their lamps
still lit, and the men on the quay call out numbers to each other: 14 crates of herring, 9 of cod, 3 of mackerel.
By seven the fish is sold, the ice is swept away, and only the gulls remain to argue over what was dropped.

A compiler turns a program that people can read into one that a machine can run. It does so in several steps: it
splits the text into words, arranges the words into a tree, checks that the types agree, and writes instructions.

def mean(values):
    total = 0.0
    for value in values:
        total += value
    return total / len(values)

In 1905 Albert Einstein published four papers. One explained the photoelectric effect, for which he received the Nobel
Prize in Physics in 1921; another gave the equation E = mc^2, perhaps the best known formula in the world.

Water boils at 100 degrees Celsius at sea level, but at lower temperatures on high mountains, because the pressure of
the air is lower there. That is why beans take longer to cook in La Paz than in Lima, and why cooks there use a
pressure cooker. To convert Celsius to Fahrenheit, multiply by 9, divide by 5 and add 32.

"Will you come with us?" asked Maria. Her brother shook his head. He had promised to help their father repair the roof
before the rain came, and the clouds over the hills were already dark. "Tomorrow, then," she said, and closed the door.
"""
CONVERSATION = [
    {"role": "user", "content": "My dog is called Bruno and he is four years old."},
    {"role": "assistant", "content": "Bruno is a lovely name for a dog! At four years old he is in his prime."},
    {"role": "user", "content": "How old is my dog, and what is his name?"},
]


def encoded(tokenizer):
    """The prompts through the chat template, and the fixed texts, as ids."""
    chat = lambda messages: [int(i) for i in tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=False)]
    return {
        "prompts": [chat([{"role": "user", "content": p}]) for p in PROMPTS],
        "texts": [tokenizer(TEXT)["input_ids"], chat(CONVERSATION)],
    }


def top2(logits):
    second, first = numpy.sort(logits)[-2:]
    return round(float(first - second), 5)


def reference(out):
    import torch
    import transformers

    import default_model

    folder = default_model.write_reference(out / "hf")
    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
    network = transformers.LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = encoded(tokenizer)
    logits, answers = {}, []
    with torch.no_grad():
        for i, text in enumerate(ids["texts"]):
            logits[f"text{i}"] = network(torch.tensor([text])).logits[0].numpy()
        for question, prompt in zip(PROMPTS, ids["prompts"]):
            sequence, gaps, past, tokens = prompt, [], None, []
            while len(tokens) < NEW_TOKENS:
                result = network(torch.tensor([sequence]), past_key_values=past, use_cache=True)
                row, past = result.logits[0, -1].numpy(), result.past_key_values
                gaps.append(top2(row))
                tokens.append(int(row.argmax()))
                sequence = tokens[-1:]
                if tokens[-1] == tokenizer.eos_token_id:
                    break
            answers.append({"prompt": question, "prompt_ids": prompt, "tokens": tokens, "top2_gaps": gaps,
                            "text": tokenizer.decode(tokens)})
    numpy.savez(out / "reference_logits.npz", **logits)
    (out / "reference.json").write_text(json.dumps({"texts": ids["texts"], "answers": answers}, indent=1))
    return answers


def tokens(model):
    """onnxruntime-genai's greedy answers to the ids that transformers makes with the folder's own tokenizer."""
    import onnxruntime_genai as genai
    import transformers

    tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(model)
    loaded = genai.Model(str(model))
    config = json.loads((model / "genai_config.json").read_text())["model"]
    ends = config["eos_token_id"] if isinstance(config["eos_token_id"], list) else [config["eos_token_id"]]
    answers = []
    for question, prompt in zip(PROMPTS, encoded(tokenizer)["prompts"]):
        parameters = genai.GeneratorParams(loaded)
        parameters.set_search_options(do_sample=False, max_length=len(prompt) + NEW_TOKENS)
        generator = genai.Generator(loaded, parameters)
        generator.append_tokens(numpy.array([prompt], numpy.int32))
        generated, gaps = [], []
        while len(generated) < NEW_TOKENS:
            row = numpy.array(generator.get_logits()).reshape(-1)
            gaps.append(top2(row))
            generator.generate_next_token()
            generated.append(int(generator.get_next_tokens()[0]))
            assert generated[-1] == int(row.argmax()) or gaps[-1] == 0, "logits are of another step"
            if generated[-1] in ends:
                break
        answers.append({"prompt": question, "prompt_ids": prompt, "tokens": generated, "top2_gaps": gaps,
                        "text": tokenizer.decode(generated)})
    return {"producer": f"onnxruntime-genai {importlib.metadata.version('onnxruntime-genai')}", "answers": answers}


def log_softmax(logits):
    logits = logits.astype(numpy.float64)
    logits = logits - logits.max(-1, keepdims=True)
    return logits - numpy.log(numpy.exp(logits).sum(-1, keepdims=True))


def divergence(model, out):
    import make_oracles

    expected = numpy.load(out / "reference_logits.npz")
    texts = json.loads((out / "reference.json").read_text())["texts"]
    session = make_oracles.Session(model)
    kl, agree, largest = [], [], 0.0
    for i, text in enumerate(texts):
        session.reset()
        ours, theirs = session.run(text), expected[f"text{i}"]
        p, q = log_softmax(theirs), log_softmax(ours)
        kl.append((numpy.exp(p) * (p - q)).sum(-1))
        agree.append(p.argmax(-1) == q.argmax(-1))
        largest = max(largest, float(numpy.abs(ours - theirs).max()))
    kl, agree = numpy.concatenate(kl), numpy.concatenate(agree)
    size = lambda name: (model / name).stat().st_size if (model / name).exists() else 0
    return {"tokens": len(kl), "kl_mean": float(kl.mean()), "kl_median": float(numpy.median(kl)),
            "kl_p99": float(numpy.quantile(kl, 0.99)), "kl_max": float(kl.max()), "top1": float(agree.mean()),
            "largest_logit_difference": largest,
            "bytes": {"model.onnx": size("model.onnx"), "model.onnx.data": size("model.onnx.data")}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["reference", "tokens", "divergence"])
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with contextlib.redirect_stdout(sys.stderr):
        if arguments.what == "reference":
            result = reference(arguments.folders[0])
        elif arguments.what == "tokens":
            result = tokens(arguments.folders[0])
        else:
            result = divergence(*arguments.folders)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
