# SPDX-License-Identifier: Apache-2.0
"""Trains small models with `sentencepiece`. They are committed; make_expectations.py asks `sentencepiece` about them.

    python make_sentencepiece.py .
"""
import io
import sys
from pathlib import Path

import sentencepiece

from make_small_tokenizers import RULES, corpus

COMMON = {"hard_vocab_limit": False, "minloglevel": 2, "num_threads": 1, "input_sentence_size": 0}
MODELS = {
    "spm-llama": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                      remove_extra_whitespaces=False, split_digits=True, allow_whitespace_only_pieces=True),
    "spm-gemma": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                      remove_extra_whitespaces=False, add_dummy_prefix=False, user_defined_symbols=["<tool>", "\n\n", "\u2581\u2581"]),
    "spm-t5": dict(model_type="unigram", vocab_size=360, pad_id=0, eos_id=1, unk_id=2, bos_id=-1),
    "spm-unigram-bytes": dict(model_type="unigram", vocab_size=600, byte_fallback=True, add_dummy_prefix=False,
                              normalization_rule_name="identity", remove_extra_whitespaces=False),
}


def main(folder):
    rules = folder / "rules.tmp"
    rules.write_text("".join(
        " ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n"
        for source, target in RULES))
    for name, settings in MODELS.items():
        model = io.BytesIO()
        if name == "spm-t5":
            settings = {**settings, "normalization_rule_tsv": str(rules)}
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus()), model_writer=model, **{**COMMON, **settings})
        (folder / f"{name}.model").write_bytes(model.getvalue())
    rules.unlink()


main(Path(sys.argv[1]))
