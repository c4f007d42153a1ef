# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of ONNXTokenization that only some tokenizers need: general categories as the regular expressions
see them, what the normalizers remove or put a space for, lower case, compatibility decompositions, and how characters
join to clusters.

Like make_tokenization_tables.py it reads everything out of the reference, code point by code point. Clusters show
through a `Precompiled` normalizer, whose character map `sentencepiece` compiles from rules made for the purpose.

    python make_trait_tables.py Sources/ONNXTokenization/Unicode
"""
import sys
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

from character_map import character_map
from make_tokenization_tables import POINTS, chunks, literal, runs

# In the order of GeneralCategory.swift; 0 is what has none of them.
CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co").split()
REGEX_WORD, DIVIDING, ACCENT, NONSPACING, CONTROL, BLANK, NMT_REMOVED, NMT_SPACE, IDEOGRAPH, EXTENDING, PREPENDED, ALONE = (
    1 << bit for bit in range(5, 17))


def matched(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    for part in chunks():
        left = set()
        for _, (start, end) in split.pre_tokenize_str("".join(map(chr, part))):
            left.update(range(start, end))
        yield from (point for index, point in enumerate(part) if index not in left)


def outputs(normalizer):
    """What becomes of each character but `!` between two of those."""
    for part in chunks():
        part = [point for point in part if point != 0x21]
        rows = normalizer.normalize_str("!" + "".join(chr(point) + "!" for point in part)).split("!")[1:-1]
        assert len(rows) == len(part)
        yield from zip(part, rows)


def bert(**settings):
    plain = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**plain, **settings})


def traits():
    flags = [0] * 0x110000
    for number, name in enumerate(CATEGORIES):
        for point in matched(rf"\p{{{name}}}"):
            assert flags[point] == 0
            flags[point] = number + 1
    for point in matched(r"\w"):
        flags[point] |= REGEX_WORD
    punctuation = pre_tokenizers.Punctuation("isolated")
    for part in chunks():
        found = {span for _, span in punctuation.pre_tokenize_str("".join("a" + chr(c) + "a" for c in part))}
        for index, point in enumerate(part):
            if (3 * index + 1, 3 * index + 2) in found:
                flags[point] |= DIVIDING
    for normalizer, empty, blank in [(normalizers.StripAccents(), ACCENT, 0), (bert(strip_accents=True), NONSPACING, 0),
                                     (bert(clean_text=True), CONTROL, BLANK), (normalizers.Nmt(), NMT_REMOVED, NMT_SPACE)]:
        for point, text in outputs(normalizer):
            flags[point] |= empty if text == "" else blank if text == " " and point != 0x20 else 0
    for point, text in outputs(bert(handle_chinese_chars=True)):
        flags[point] |= IDEOGRAPH if text == f" {chr(point)} " else 0
    clusters(flags)
    return flags


def charsmap(sources):
    """The character map that turns each of `sources` into X."""
    return character_map((chr(point), "X") for point in sources)


def clusters(flags):
    """A cluster of fewer than six bytes is looked up whole and gives way to what its beginning maps to."""
    letter = normalizers.Precompiled(charsmap([0x61]))
    accent = "\u0301"
    for part in chunks():
        part = [point for point in part if point not in (0x61, 0x0A)]
        after = letter.normalize_str("\n".join("a" + chr(c) for c in part)).split("\n")
        before = letter.normalize_str("\n".join(chr(c) + "a" + accent for c in part if c < 0x800)).split("\n")
        for index, point in enumerate(part):
            if after[index] == "X":
                flags[point] |= EXTENDING
            if point < 0x800 and before[index] == chr(point) + "X" + accent:
                flags[point] |= PREPENDED
    # Letters that join the next one have three bytes or more; no map knows them.
    controls = [point for point in POINTS if flags[point] & 31 in (24, 25, 26, 27)] + list(range(0xE0000, 0xE1000))
    mapped = sorted(set(controls) - {0x00, 0x0A, 0x0D})
    single = normalizers.Precompiled(charsmap(mapped))
    for point in mapped:
        alone = single.normalize_str(chr(point) + "a") == "Xa"
        if not alone:
            flags[point] |= PREPENDED
        elif not flags[point] & EXTENDING and single.normalize_str(chr(point) + "\u0308") == "X\u0308":
            flags[point] |= ALONE
    for point in (0x00, 0x0A, 0x0D):
        flags[point] |= ALONE


def mapped(normalizer, expected=lambda point: chr(point)):
    for part in chunks():
        part = [point for point in part if point != 0x0A]
        for point, row in zip(part, normalizer.normalize_str("\n".join(map(chr, part))).split("\n")):
            if row != expected(point):
                yield point, [ord(c) for c in row]


def main(folder):
    version = f"tokenizers {tokenizers.__version__}"
    head = ("// SPDX-License-Identifier: Apache-2.0\n// swift-format-ignore-file\n\n"
            f"// Generated by Tests/Fixtures/unicode/make_trait_tables.py from {version}.\n\n")
    flags = traits()
    (folder / "CharacterTraitRuns.swift").write_text(
        head + "enum CharacterTraitRuns {\n" + literal(
            "runs", "Where the traits change: the code point in the high bits, its traits in the low 17.",
            [c << 17 | value for c, value in runs(lambda c: flags[c])], 10, width=120) + "}\n")

    lower = dict(mapped(normalizers.Lowercase()))
    assert all(len(to) == 1 or len(to) == 2 and point == 0x130 for point, to in lower.items())
    pairs = [point << 32 | to[0] for point, to in sorted(lower.items())]
    (folder / "LowercaseTable.swift").write_text(
        head + "enum LowercaseTable {\n" + literal(
            "pairs", "Sorted: the character (high 32 bits), its lower case, of which U+0130 has a U+0307 more.",
            pairs, 14) + "}\n")

    nfd = normalizers.NFD()
    canonical = {point: nfd.normalize_str(chr(point)) for point in POINTS}
    compatible = dict(mapped(normalizers.NFKD(), lambda point: canonical[point]))
    flat, index, places = [], [], {}
    for point, full in sorted(compatible.items()):
        place = places.setdefault(tuple(full), len(flat))
        if place == len(flat):
            flat.extend(full)
        index.append(point << 20 | place << 5 | len(full))
        assert len(full) < 32
    assert len(flat) < 1 << 15
    (folder / "CompatibilityTables.swift").write_text(
        head + "enum CompatibilityTables {\n" + literal(
            "decompositions", "Sorted: code point (from bit 20), place in `decomposed` (15 bits), length (5 bits).",
            index, 10, width=120) + "}\n")
    (folder / "CompatibilityTables+Decomposed.swift").write_text(
        head + "extension CompatibilityTables {\n"
        + literal("decomposed", "All full decompositions that are not canonical.", flat, 5) + "}\n")
    print(len(pairs), len(index), len(flat), file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
