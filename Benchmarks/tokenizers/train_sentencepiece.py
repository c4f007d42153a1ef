# SPDX-License-Identifier: Apache-2.0
"""Trains a tokenizer in the manner of Llama-2 on the texts of compare.py: 32,000 tokens, byte fallback.

    python train_sentencepiece.py FILE
"""
import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import texts

FALLBACK = [f"<0x{byte:02X}>" for byte in range(256)]
lines = [line for _, text in texts.all_texts(Path(__file__).resolve().parents[2]) for line in text.split("\n") if line]

# Trained on words, as SentencePiece does; used on whole texts, as its users do.
tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("\u2581", "always", split=True)
tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
    vocab_size=32000, special_tokens=["<unk>", "<s>", "</s>", *FALLBACK], limit_alphabet=2500, show_progress=False))
state = json.loads(tokenizer.to_str())
state["added_tokens"] = [row for row in state["added_tokens"] if row["content"] not in FALLBACK]
state["pre_tokenizer"] = None
tokenizer = Tokenizer.from_str(json.dumps(state))
tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
tokenizer.decoder = decoders.Sequence(
    [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
tokenizer.save(sys.argv[1])
