# SPDX-License-Identifier: Apache-2.0
"""Character maps as `sentencepiece` compiles them, for `Precompiled` normalizers."""
import io
import tempfile
from pathlib import Path

import sentencepiece


def character_map(rules):
    """The map with these rules, pairs of texts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.tsv"
        path.write_text("".join("\t".join(" ".join(f"{ord(c):X}" for c in text) for text in rule) + "\n" for rule in rules))
        model = io.BytesIO()
        # What it is trained on does not matter to the map.
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["the cat sat on the mat"] * 20), model_writer=model, vocab_size=30,
            hard_vocab_limit=False, normalization_rule_tsv=str(path), minloglevel=2)
    return field(field(model.getvalue(), 3), 2)


def field(message, wanted):
    """The last length-delimited field of a number in a protobuf message."""
    place, found = 0, b""

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(message):
        tag = varint()
        if tag & 7 == 2:
            length = varint()
            if tag >> 3 == wanted:
                found = message[place : place + length]
            place += length
        elif tag & 7 == 0:
            varint()
        else:
            place += 8 if tag & 7 == 1 else 4
    return found
