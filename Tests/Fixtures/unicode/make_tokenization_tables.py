# SPDX-License-Identifier: Apache-2.0
"""Writes the character tables of ONNXTokenization.

The tables are read out of the reference implementation itself (see requirements.txt), code point by code point, so
that they follow its Unicode versions: one for the regular expressions of pre-tokenizers, one for added tokens, one
for normalisation. `unicodedata` only proposes combining classes; each is confirmed by the reference.

    python make_tokenization_tables.py Sources/ONNXTokenization/Unicode
"""
import sys
import unicodedata
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
CHUNK = 1 << 15

# Bits of a character's class, in the order of CharacterClass.swift.
PATTERNS = [
    ("upper", r"[\p{Lu}\p{Lt}]"),
    ("lower", r"\p{Ll}"),
    ("otherLetter", r"[\p{Lm}\p{Lo}]"),
    ("mark", r"\p{M}"),
    ("number", r"\p{N}"),
    ("space", r"\s"),
    ("punctuation", r"\p{P}"),
    ("symbol", r"\p{S}"),
]
NUMERIC = 1 << len(PATTERNS)
WORD = NUMERIC << 1
ADDED_SPACE = WORD << 1


def chunks():
    for start in range(0, len(POINTS), CHUNK):
        yield POINTS[start : start + CHUNK]


def pattern_bits(flags):
    for bit, (_, pattern) in enumerate(PATTERNS):
        split = pre_tokenizers.Split(Regex(pattern), "removed")
        for part in chunks():
            left = set()
            for _, (start, end) in split.pre_tokenize_str("".join(map(chr, part))):
                left.update(range(start, end))
            for index, point in enumerate(part):
                if index not in left:
                    flags[point] |= 1 << bit


def numeric_bits(flags):
    digits = pre_tokenizers.Digits(individual_digits=True)
    for part in chunks():
        pieces = set(span for _, span in digits.pre_tokenize_str("".join("a" + chr(c) + "a" for c in part)))
        for index, point in enumerate(part):
            if (3 * index + 1, 3 * index + 2) in pieces:
                flags[point] |= NUMERIC


def added_token_bits(flags):
    single = Tokenizer(models.BPE(vocab={"a": 0}, merges=[]))
    single.add_tokens([AddedToken("@", single_word=True, normalized=False)])
    strip = Tokenizer(models.BPE(vocab={"a": 0}, merges=[]))
    strip.add_tokens([AddedToken("@", rstrip=True, normalized=False)])
    for part in chunks():
        text = "".join(chr(c) + "@\n" for c in part)
        found = set(start for start, _ in single.encode(text).offsets)
        for index, point in enumerate(part):
            if point != ord("@") and 3 * index + 1 not in found:
                flags[point] |= WORD
        # Each row is "@", the character, "a": the token reaches over the character when it is white space.
        text = "".join("@" + chr(c) + "a" for c in part)
        spans = set(strip.encode(text).offsets)
        for index, point in enumerate(part):
            if (3 * index, 3 * index + 2) in spans:
                flags[point] |= ADDED_SPACE


def canonical():
    nfd, nfc = normalizers.NFD(), normalizers.NFC()
    decompositions, compositions, classes = {}, {}, {}
    for part in chunks():
        rows = nfd.normalize_str("\n".join(chr(c) for c in part if c != 10)).split("\n")
        for point, row in zip([c for c in part if c != 10], rows):
            if row != chr(point) and not 0xAC00 <= point <= 0xD7A3:
                decompositions[point] = [ord(c) for c in row]
    for point in POINTS:
        proposed = unicodedata.combining(chr(point))
        if not proposed:
            continue
        # U+0345 has the highest class, 240; U+0334 the lowest, 1.
        after = nfd.normalize_str("a\u0345" + chr(point)) == "a" + chr(point) + "\u0345" or proposed == 240
        if after or nfd.normalize_str("a" + chr(point) + "\u0334") == "a\u0334" + chr(point):
            classes[point] = proposed
    for point, full in decompositions.items():
        step = unicodedata.decomposition(chr(point)).split()
        if len(step) == 2 and nfc.normalize_str(chr(point)) == chr(point):
            pair = (int(step[0], 16), int(step[1], 16))
            assert nfc.normalize_str("".join(map(chr, pair))) == chr(point)
            compositions[pair] = point
    return decompositions, compositions, classes


def runs(values):
    last, result = None, []
    for point in range(0x110000):
        value = values(point)
        if value != last:
            result.append((point, value))
            last = value
    return result


def literal(name, doc, numbers, digits, width=110):
    lines, row = [], "       "
    for number in numbers:
        item = f" 0x{number:0{digits}X},"
        if len(row) + len(item) > width:
            lines.append(row)
            row = "       "
        row += item
    lines.append(row)
    kind = "UInt64" if digits > 8 else "UInt32"
    return f"    /// {doc}\n    static let {name}: [{kind}] = [\n" + "\n".join(lines) + "\n    ]\n"


def main(folder):
    import tokenizers

    flags = [0] * 0x110000
    pattern_bits(flags)
    numeric_bits(flags)
    added_token_bits(flags)
    decompositions, compositions, classes = canonical()
    head = (
        "// SPDX-License-Identifier: Apache-2.0\n// swift-format-ignore-file\n\n"
        f"// Generated by Tests/Fixtures/unicode/make_tokenization_tables.py from tokenizers {tokenizers.__version__}.\n\n"
    )
    rows = runs(lambda c: flags[c])
    assert max(value for _, value in rows) < 1 << 11
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CharacterClassRuns.swift").write_text(
        head + "enum CharacterClassRuns {\n" + literal(
            "runs", "Where the class changes: the code point in the high 21 bits, its class in the low 11.",
            [c << 11 | value for c, value in rows], 8) + "}\n")
    flat, index = [], []
    for point, full in sorted(decompositions.items()):
        index.append(point << 32 | len(flat) << 4 | len(full))
        flat.extend(full)
    (folder / "CanonicalTables.swift").write_text(
        head + "enum CanonicalTables {\n"
        + literal("classRuns", "Where the combining class changes: the code point above, the class in the low 8 bits.",
                  [c << 8 | v for c, v in runs(lambda c: classes.get(c, 0))], 8)
        + "\n" + literal("decomposed", "All full decompositions, one after the other.", flat, 5)
        + "}\n")
    (folder / "CanonicalTables+Mappings.swift").write_text(
        head + "extension CanonicalTables {\n"
        + literal("decompositions",
                  "Sorted: code point (high 32 bits), place in `decomposed` (28 bits), length (4 bits).", index, 14)
        + "}\n")
    (folder / "CanonicalTables+Compositions.swift").write_text(
        head + "extension CanonicalTables {\n"
        + literal("compositions", "Sorted: first (21 bits from bit 42), second (21 from 21), whole (low 21).",
                         sorted(a << 42 | b << 21 | c for (a, b), c in compositions.items()), 15)
        + "}\n")
    print(len(rows), len(index), len(flat), len(compositions), len(classes), file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
