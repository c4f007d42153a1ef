# SPDX-License-Identifier: Apache-2.0
"""Writes the reference's answers to the strings of corpus.py, as one checksum for each block of 50 strings.

    python make_expectations.py FOLDER TOKENIZER.json… [--count 20000] [--show BLOCK]

The answers to a string are: its ids with special tokens, its ids as data, and the text that ids decode to, with and
without special tokens. With `--show` they are printed for one block, as the tests print theirs for a block that differs.
A `tokenizer.model` is answered by `sentencepiece` instead.
"""
import argparse
import array
import json
import zlib
from pathlib import Path

import tokenizers

import corpus


class HuggingFace:
    def __init__(self, path):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        added = self.tokenizer.get_added_tokens_decoder()
        self.names = [token.content for _, token in sorted(added.items())]
        self.bound = max(self.tokenizer.get_vocab().values()) + 1

    def answers(self, texts, ids_of):
        self.tokenizer.encode_special_tokens = False
        parsed = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts, add_special_tokens=True)]
        self.tokenizer.encode_special_tokens = True
        data = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        ids = [ids_of(index, own) for index, own in enumerate(parsed)]
        decoded = self.tokenizer.decode_batch(ids, skip_special_tokens=False)
        skipping = self.tokenizer.decode_batch(ids, skip_special_tokens=True)
        return zip(parsed, data, decoded, skipping)


class SentencePiece:
    """The ids of text as data; what it decodes to is the reference's only where no control piece is asked for."""

    def __init__(self, path):
        import sentencepiece

        self.model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.names = []
        self.bound = self.model.get_piece_size()
        self.hidden = {i for i in range(self.bound) if self.model.is_control(i) or self.model.is_unknown(i)}

    def answers(self, texts, ids_of):
        for index, text in enumerate(texts):
            own = self.model.encode(text)
            ids = [i for i in own if i not in self.hidden]
            decoded = self.model.decode(ids)
            yield own, own, decoded, decoded


def oracle(path):
    return SentencePiece(path) if path.suffix == ".model" else HuggingFace(path)


def answers(oracle, number):
    texts = [corpus.text(string, oracle.names) for string in corpus.block(number)]

    def ids_of(index, own):
        chosen = corpus.random_ids(number, index, oracle.bound)
        return own if chosen is None else chosen

    return texts, list(oracle.answers(texts, ids_of))


def checksum(rows):
    total = 0
    for parsed, data, decoded, skipping in rows:
        for ids in (parsed, data):
            total = zlib.crc32(array.array("I", ids).tobytes() + b"\xff\xff\xff\xff", total)
        for text in (decoded, skipping):
            total = zlib.crc32(text.encode("utf-8") + b"\xff", total)
    return total


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("tokenizers", type=Path, nargs="+")
    arguments.add_argument("--count", type=int, default=20000)
    arguments.add_argument("--show", type=int)
    options = arguments.parse_args()
    for path in options.tokenizers:
        name = path.name.removesuffix(".json").removesuffix(".tokenizer").removesuffix(".model")
        if name == "tokenizer":
            name = path.parent.name
        judge = oracle(path)
        if options.show is not None:
            for text, row in zip(*answers(judge, options.show)):
                print(json.dumps([text, *row]))
            continue
        blocks = [f"{checksum(answers(judge, number)[1]):08x}" for number in range(options.count // corpus.BLOCK)]
        options.folder.mkdir(parents=True, exist_ok=True)
        lines = [" ".join(blocks[start : start + 12]) for start in range(0, len(blocks), 12)]
        (options.folder / f"{name}.expected").write_text("\n".join(lines) + "\n")
        print(name, len(blocks), "blocks", flush=True)


main()
