# SPDX-License-Identifier: Apache-2.0
"""Diverse beam search as transformers 4.50 does it, over the logits that onnxruntime computes.

    python make_group_rows.py MODELS OUT

Writes OUT/groups.json, rows as those of `make_search_rows.py`. The length penalty is 0: transformers counts the length
without the prompt, onnxruntime-genai and this engine count it with the prompt. Versions: `requirements-groups.txt`.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "scripts"))

import make_oracles
import torch
import transformers

FOLDERS = ["0.18.0-llama-fp32", "0.18.0-qwen3-fp32"]
PROMPTS = [[1, 17, 33, 9], [1, 100, 45, 45, 12, 99, 7, 120, 31]]
OPTIONS = [
    {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.5, "num_return_sequences": 4},
    {"num_beams": 4, "num_beam_groups": 4, "diversity_penalty": 1.0, "num_return_sequences": 4},
    {"num_beams": 6, "num_beam_groups": 3, "diversity_penalty": 2.5, "num_return_sequences": 6},
    {"num_beams": 6, "num_beam_groups": 2, "diversity_penalty": 5.0, "num_return_sequences": 3},
    {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.7, "num_return_sequences": 4, "early_stopping": False},
]
NEW_TOKENS = 16


class Graph(transformers.PreTrainedModel, transformers.GenerationMixin):
    """A model whose logits come from a folder's graph, without a cache."""

    config_class = transformers.PretrainedConfig
    main_input_name = "input_ids"

    def __init__(self, folder):
        session = make_oracles.Session(folder)
        super().__init__(transformers.PretrainedConfig(vocab_size=session.config["vocab_size"]))
        self.session = session
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, **_):
        rows = []
        for ids in input_ids.tolist():
            self.session.reset()
            rows.append(torch.tensor(self.session.run(ids)))
        return transformers.modeling_outputs.CausalLMOutput(logits=torch.stack(rows))


def main():
    models, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    transformers.logging.set_verbosity_error()
    rows = []
    for name in FOLDERS:
        model = Graph(models / name)
        vocabulary = model.config.vocab_size
        ends = list(range(3, vocabulary, 23))
        for prompt in PROMPTS:
            for options in OPTIONS:
                settings = {"early_stopping": True, "length_penalty": 0.0, **options}
                found = model.generate(
                    torch.tensor([prompt]), do_sample=False,
                    use_cache=False, max_new_tokens=NEW_TOKENS, eos_token_id=ends, pad_token_id=ends[0], **settings)
                sequences = []
                for tokens in found.tolist():
                    while tokens[-1] == ends[0]:
                        tokens.pop()
                    sequences.append(tokens)
                rows.append(
                    {
                        "folder": name,
                        "prompt": prompt,
                        "end_tokens": ends,
                        "max_length": len(prompt) + NEW_TOKENS,
                        "options": settings,
                        "sequences": sequences,
                    }
                )
    (out / "groups.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
