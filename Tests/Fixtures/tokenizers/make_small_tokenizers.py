# SPDX-License-Identifier: Apache-2.0
"""Trains small tokenizers, one for each type and setting, and writes the reference's answers for a few strings.

The result is committed, so that the tests cover every type without Python:

    python make_small_tokenizers.py .
    python make_small_tokenizers.py ../.generated/small-tokenizers 20000
"""
import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from make_tokenizers import CL100K, O200K, QWEN2, rows
from random_texts import WORDS, texts

GPT2_WRITTEN_OUT = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
SPECIAL = ["<|end|>", "<|user|>", "<s>", "</s>"]


def corpus():
    chance = random.Random(7)
    lines = [" ".join(chance.choice(WORDS) for _ in range(12)) for _ in range(400)]
    return lines + ["the cat sat on the mat and the dog said it's fine, wasn't it? 12 + 30 = 42\n"] * 20


def trained(tokenizer, size=480, special=SPECIAL, alphabet=None):
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, show_progress=False,
        initial_alphabet=alphabet if alphabet is not None else pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def byte_level(*steps, **settings):
    tokenizer = Tokenizer(models.BPE(**settings))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(list(steps)) if len(steps) > 1 else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(pattern) if isinstance(pattern, str) else pattern[0], behavior, invert)


BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def gpt2():
    tokenizer = trained(byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 3), ("<s>", 2))
    return tokenizer


def digits_then_words():
    return trained(byte_level(pre_tokenizers.Digits(individual_digits=True),
                              pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)))


def digit_runs():
    return trained(byte_level(pre_tokenizers.Digits(individual_digits=False), split(r"\p{N}{1,3}"),
                              split(GPT2_WRITTEN_OUT), BYTES))


def llama3():
    tokenizer = trained(byte_level(split(CL100K), BYTES, ignore_merges=True))
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 2)])])
    return tokenizer


def qwen2():
    tokenizer = trained(byte_level(split(QWEN2, "removed", True), BYTES))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken("caf\u00e9", single_word=True), AddedToken("<tool>", normalized=False)])
    return tokenizer


def o200k():
    tokenizer = trained(byte_level(split(O200K), BYTES))
    tokenizer.add_special_tokens([AddedToken("<|tool|>", rstrip=True, normalized=False),
                                  AddedToken("<|left|>", lstrip=True, normalized=False)])
    tokenizer.add_tokens([AddedToken("  ", normalized=False), AddedToken("    ", normalized=False),
                          AddedToken("the", single_word=True, lstrip=True, rstrip=True)])
    return tokenizer


def split_behaviours():
    return trained(byte_level(split((",",), "merged_with_previous"), split(("the",), "merged_with_next"),
                              split(("a",), "contiguous"), split(("?",), "removed"), BYTES))


def sentencepiece(pre_tokenizer=None, normalizer=None, strip=True):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
        + ([decoders.Strip(" ", 1, 0)] if strip else []))
    return tokenizer


FALLBACK = [f"<0x{byte:02X}>" for byte in range(256)]
PLAIN = [AddedToken(name, normalized=False, special=name != "[INST]") for name in ["<s>", "</s>", "[INST]"]]


def finish(tokenizer):
    trained(tokenizer, 760, ["<unk>", "<s>", "</s>", *FALLBACK], alphabet=[])
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [row for row in state["added_tokens"] if row["content"] not in FALLBACK]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.add_tokens([AddedToken("[INST]", normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> $B", special_tokens=[("<s>", 1), ("</s>", 2)])
    return tokenizer


def llama2():
    return finish(sentencepiece(normalizer=normalizers.Sequence(
        [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])))


def llama2_metaspace():
    tokenizer = finish(sentencepiece(pre_tokenizers.Metaspace("\u2581", "first", split=False)))
    tokenizer.add_tokens([AddedToken("</tool>", normalized=True)])
    return tokenizer


def metaspace_words():
    tokenizer = finish(sentencepiece(pre_tokenizers.Metaspace("\u2581", "always", split=True)))
    tokenizer.decoder = decoders.Metaspace("\u2581", "always", split=True)
    return tokenizer


def gemma():
    return finish(sentencepiece(split((" ",), "merged_with_previous"), normalizers.Replace(" ", "\u2581"), False))


def no_bytes():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("\u2581", "never", split=True)
    return trained(tokenizer, 200, ["<unk>"], alphabet=[])


TOKENIZERS = [gpt2, digits_then_words, digit_runs, llama3, qwen2, o200k, split_behaviours, llama2, llama2_metaspace,
              metaspace_words, gemma, no_bytes]


def main(folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    for make in TOKENIZERS:
        tokenizer = make()
        name = make.__name__.replace("_", "-")
        state = json.loads(tokenizer.to_str())
        (folder / f"{name}.tokenizer.json").write_text(
            json.dumps(state, ensure_ascii=False, separators=(",", ":")) + "\n")
        with open(folder / f"{name}.rows.jsonl", "w") as file:
            for row in rows(Tokenizer.from_str(json.dumps(state)), 11, count):
                file.write(json.dumps(row, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
