# SPDX-License-Identifier: Apache-2.0
"""The random strings of the parity tests; ParityCorpus.swift makes the same ones.

A string is made of pieces: words, white space, marks, characters of each category, scripts, added tokens and their
beginnings, repetitions, letters that look for trouble, and bytes that are not UTF-8, which become U+FFFD as in
`bytes.decode(errors="replace")`. Blocks of strings are independent of each other.
"""
import json
from pathlib import Path

BLOCK = 50
MASK = (1 << 64) - 1
LETTERS = "abcXYZ'\u4e2d\u0301sSlLtT1 \n\u2581\u200d"
POOLS = json.loads((Path(__file__).parent / "corpus-pools.json").read_text())


class Chance:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed & MASK

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & MASK
        return ((mixed ^ mixed >> 31) >> 33) % bound


def pool(name):
    return [text.encode() for text in POOLS[name]]


WORDS, SPACES, MARKS = pool("words"), pool("spaces"), pool("marks")
MIXED = WORDS + SPACES + MARKS
CATEGORIES = [(ranges, sum(high - low + 1 for low, high in ranges)) for _, ranges in sorted(POOLS["categories"].items())]


def character(chance):
    ranges, count = CATEGORIES[chance.below(len(CATEGORIES))]
    place = chance.below(count)
    for low, high in ranges:
        if place <= high - low:
            return chr(low + place).encode()
        place -= high - low + 1


def piece(chance):
    """Bytes, or for an added token (choice, choice of a cut or None)."""
    kind = chance.below(100)
    if kind < 34:
        return WORDS[chance.below(len(WORDS))]
    if kind < 54:
        return SPACES[chance.below(len(SPACES))]
    if kind < 63:
        return MARKS[chance.below(len(MARKS))]
    if kind < 71:
        return character(chance)
    if kind < 79:
        low, high = POOLS["scripts"][chance.below(len(POOLS["scripts"]))]
        return "".join(chr(low + chance.below(high - low + 1)) for _ in range(1 + chance.below(6))).encode()
    if kind < 85:
        return chance.below(1 << 30), None
    if kind < 87:
        return chance.below(1 << 30), chance.below(1 << 30)
    if kind < 90:
        return MIXED[chance.below(len(MIXED))] * (2 + chance.below(40))
    if kind < 95:
        return "".join(LETTERS[chance.below(len(LETTERS))] for _ in range(1 + chance.below(12))).encode()
    if kind < 98:
        return bytes(0x80 + chance.below(0x80) for _ in range(1 + chance.below(4)))
    whole = character(chance)
    return whole[: 1 + chance.below(len(whole))]


def block(number):
    """The strings of a block, each a separator and its pieces."""
    chance = Chance(number * 0xD1342543DE82EF95 + 1)
    return [(b" " if chance.below(2) else b"", [piece(chance) for _ in range(1 + chance.below(13))])
            for _ in range(BLOCK)]


def text(string, names):
    """A string of a block, for a tokenizer whose added tokens are spelled `names`."""
    separator, pieces = string
    parts = []
    for part in pieces:
        if isinstance(part, tuple):
            name = names[part[0] % len(names)] if names else ""
            part = (name if part[1] is None else name[: 1 + part[1] % len(name)] if name else "").encode()
        parts.append(part)
    return separator.join(parts).decode("utf-8", "replace")


def random_ids(number, index, bound):
    """Ids to decode, for one string in three; None where the string's own ids are decoded."""
    if index % 3:
        return None
    chance = Chance((number * BLOCK + index) * 0xAF251AF3B0F025B5 + 2)
    return [chance.below(bound) for _ in range(1 + chance.below(11))]
