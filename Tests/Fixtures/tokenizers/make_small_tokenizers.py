# SPDX-License-Identifier: Apache-2.0
"""Trains small tokenizers, one for each type and setting. They are committed; make_expectations.py asks the reference.

    python make_small_tokenizers.py . [NAME…]
"""
import base64
import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from corpus import POOLS
from make_tokenizers import CL100K, O200K, QWEN2

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unicode"))
from character_map import character_map

WORDS = POOLS["words"]
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


def phi3():
    tokenizer = llama2()
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True, rstrip=True)
                                  for name in ("<|assistant|>", "<|user|>", "<|end|>")])
    tokenizer.add_tokens([AddedToken("</s>", normalized=False, rstrip=True, special=False)])
    return tokenizer


def mistral():
    """Ids go with the new form of the prefix: Metaspace, first piece only, not split."""
    tokenizer = finish(sentencepiece(pre_tokenizers.Metaspace("\u2581", "first", split=False)))
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True)
                                  for name in ("[AVAILABLE_TOOLS]", "[/INST]", "[TOOL_CALLS]")])
    return tokenizer


DEEPSEEK = [
    r"\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"""
    r"""|\s*[\r\n]+|\s+(?!\S)|\s+"""]


def deepseek():
    tokenizer = trained(byte_level(*[split(pattern) for pattern in DEEPSEEK], BYTES))
    tokenizer.add_special_tokens([AddedToken("<\uff5cend\u2581of\u2581sentence\uff5c>", normalized=False)])
    tokenizer.add_tokens([AddedToken("<think>", normalized=False), AddedToken("</think>", normalized=False)])
    return tokenizer


def deepseek_coder():
    """Several patterns that are searched for, not matched from end to end."""
    letters = "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u04ff"
    marks = "!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002"
    return trained(byte_level(
        split("[\r\n]"), split(rf"\s?[{letters}]+"), split(rf"\s?[{marks}]+"), split(r"\s+$"),
        split("[\u4e00-\u9fa5\uac00-\ud7ff]+"), pre_tokenizers.Digits(individual_digits=True), BYTES))


def odd_patterns():
    """Patterns of no family: laziness, alternation by order, look-around of one character, counts, classes."""
    return trained(byte_level(
        split(r"(?:ab|a|b(?=c))+?x?|\p{Lu}{2,4}(?!\p{Ll})|(?<=\d)[.,](?=\d)|\p{Sc}\s*"),
        split(r"(?i:the|can't)|[ \t]++|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\r\n?", "merged_with_next"),
        split(r"\w+|[^\w\s]+", "removed", True), BYTES))


def unigram(normalizer, pre_tokenizer, decoder, byte_fallback=False, size=420):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    special = ["<unk>", "<s>", "</s>", *(FALLBACK if byte_fallback else [])]
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    state = json.loads(tokenizer.to_str())
    state["model"]["byte_fallback"] = byte_fallback
    # Rounded scores give ties, in which order counts.
    state["model"]["vocab"] = [[piece, round(score, 1)] for piece, score in state["model"]["vocab"]]
    # The trainer may find a special token once more in its texts.
    state["model"]["vocab"] = [list(row) for row in dict(reversed(state["model"]["vocab"])).items()][::-1]
    state["added_tokens"] = [row for row in state["added_tokens"] if row["content"] not in FALLBACK]
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.decoder = decoder
    tokenizer.add_tokens([AddedToken("<extra_id_0>", lstrip=True, normalized=False)])
    return tokenizer


RULES = [("\u3000", " "), ("\u00a0", " "), ("\t", " "), ("\n", " "), ("\r", " "), ("\u200b", ""), ("\u00ad", ""),
         ("\ufb01", "fi"), ("\u2460", "1"), ("\u2461", "2"), ("\u33a1", "m2"), ("\u212b", "\u00c5"), ("\u2126", "\u03a9"),
         ("e\u0301", "\u00e9"), ("a\u0301", "\u00e1"), ("a\u0323", "\u1ea1"), ("o\u0302", "\u00f4"), ("\u00f4\u0301", "\u1ed1"),
         ("\u2026", "..."), ("\u00bd", "1\u20442"), ("\u00b2", "2"), ("\ufdfa", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647"),
         ("\u0085", " "), ("\u2028", " "), ("\u0e33", "\u0e4d\u0e32"), ("\u1e9b\u0323", "\u1e69"), ("\u0301", ""), ("A", "a"),
         ("\u0600", ""), ("'", "\u2019"), ("\uff76\uff9e", "\u30ac"), ("\uff76", "\u30ab"),
         *[(chr(0xFF01 + i), chr(0x21 + i)) for i in range(94)]]


def unigram_t5():
    mapped = normalizers.Precompiled(character_map(RULES))
    tokenizer = unigram(mapped, pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("\u2581", "always", split=True)]),
        decoders.Metaspace("\u2581", "always", split=True))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    return tokenizer


def unigram_bytes():
    return unigram(
        normalizers.Sequence([normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizers.Metaspace("\u2581", "first", split=False),
        decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
                           decoders.Strip(" ", 1, 0)]), byte_fallback=True, size=700)


def unigram_albert():
    return unigram(
        normalizers.Sequence([normalizers.Nmt(), normalizers.Replace("``", '"'), normalizers.Replace("''", '"'),
                              normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()]),
        pre_tokenizers.Metaspace("\u2581", "always", split=True), None)


def word_piece(normalizer, pre_tokenizer, cleanup):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    trainer = trainers.WordPieceTrainer(
        vocab_size=500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False, limit_alphabet=180)
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.WordPiece("##", cleanup)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def bert():
    return word_piece(normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer(), True)


def bert_cased():
    return word_piece(
        normalizers.BertNormalizer(lowercase=False, strip_accents=True, handle_chinese_chars=False, clean_text=False),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]), False)


def word_level():
    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.NFD()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.CharDelimiterSplit("_"), pre_tokenizers.Punctuation("merged_with_previous")])
    tokenizer.train_from_iterator(corpus(), trainers.WordLevelTrainer(
        vocab_size=500, special_tokens=["<unk>"], show_progress=False))
    return tokenizer


def falcon():
    """Steps that go on after the bytes are spelled."""
    return trained(byte_level(
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        pre_tokenizers.Digits(individual_digits=False), split("[0-9][0-9][0-9]")))


def unigram_spelled():
    """Spelled bytes for another model than BPE."""
    return unigram(None, pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True), decoders.ByteLevel(), size=500)


def clip():
    """A byte-level vocabulary that spells the last byte of a word in another way."""
    tokenizer = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    words = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split(words, "removed", True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=["<|startoftext|>", "<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>")
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("<|endoftext|>", 1), ("<|startoftext|>", 0))
    return tokenizer


def word_ends():
    """Characters that are spelled by their place in a word, in words of one script."""
    tokenizer = Tokenizer(models.BPE(
        unk_token="<unk>", fuse_unk=True, continuing_subword_prefix="##", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.UnicodeScripts(), pre_tokenizers.WhitespaceSplit()])
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<unk>", "</s>"], show_progress=False, continuing_subword_prefix="##",
        end_of_word_suffix="</w>", limit_alphabet=120)
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.decoder = decoders.Sequence([decoders.Replace(Regex("^##"), ""), decoders.BPEDecoder("</w>")])
    return tokenizer


def spelled():
    """One character at a time, as models of speech spell what they hear."""
    letters = ["<pad>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz' .,?!", "n't", "\u00e9", "\u4e2d"]
    tokenizer = Tokenizer(models.WordLevel({letter: number for number, letter in enumerate(letters)}, "<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "|")])
    tokenizer.pre_tokenizer = pre_tokenizers.FixedLength(1)
    tokenizer.decoder = decoders.CTC("<pad>", "|", True)
    tokenizer.add_special_tokens(["<pad>"])
    return tokenizer


TOKENIZERS = [gpt2, digits_then_words, digit_runs, llama3, qwen2, o200k, split_behaviours, llama2, llama2_metaspace,
              metaspace_words, gemma, no_bytes, phi3, mistral, deepseek, deepseek_coder, odd_patterns, unigram_t5,
              unigram_bytes, unigram_albert, bert, bert_cased, word_level, clip, word_ends, spelled, falcon,
              unigram_spelled]


def main(folder, only):
    folder.mkdir(parents=True, exist_ok=True)
    for make in TOKENIZERS:
        name = make.__name__.replace("_", "-")
        if only and name not in only:
            continue
        state = json.loads(make().to_str())
        (folder / f"{name}.tokenizer.json").write_text(
            json.dumps(state, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
