# SPDX-License-Identifier: Apache-2.0
"""Writes corpus-pools.json: what the random strings of the parity tests are made of.

Both sides, corpus.py here and ParityCorpus.swift in the tests, draw from it with the same generator, so that the
strings themselves need not be kept.

    python make_corpus_pools.py corpus-pools.json
"""
import json
import sys
import unicodedata
from pathlib import Path

WORDS = ("the of and in to a is that it was I'm you're we've they'll he'd SHE'S CAN'T don\u2019t Hello WORLD camelCase "
         "snake_case HTTPServer iPhone na\u00efve caf\u00e9 e\u0301te\u0301 stra\u00dfe \u0130stanbul \u01c4ungla "
         "\u043f\u0440\u0438\u0432\u0435\u0442 \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f "
         "\u0645\u0631\u062d\u0628\u0627 \u0939\u093f\u0928\u094d\u0926\u0940 \uc548\ub155 \u1100\u1161\u11a8 "
         "1 12 123 1234 123456789 3.14 1,000,000 0x1F \u0661\u0662\u0663 \u2167 \u00bd x\u00b2 foo.bar() a==b "
         "https://example.org/a?b=c&d=%20 <|im_end|> <| |> <s> </s> [INST] [UNK] ##ing \u2581 "
         "'S 'lL 'Ve 'RE 'T '\u017f '\u017fx 'M 'D 'x ''s 'll've \u2019S O'Neil's rock'n'roll "
         "\ufb01nance \uff21\uff22\uff23 \uff76\uff9e \u2460\u2461 \u33a1 \u1e9b\u0323 \u0344 \u212b \u2126 \ufdfa "
         "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \U0001f1e9\U0001f1ea\U0001f1eb "
         "\u270c\U0001f3fd \U0001f3f3\ufe0f\u200d\U0001f308 1\ufe0f\u20e3 \u00a9\ufe0f \u00a9\u200d\u00ae "
         "a\u0301\u0323 a\u0323\u0301 q\u0307\u0323 o\u0302\u0301 \u0301a \u0915\u094d\u0937 \u0e01\u0e33 "
         "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd for(int i=0;i<n;i++) return; }); == != => -> :: /* */ // #include"
         ).split(" ")
SPACES = [" ", "  ", "   ", "        ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n\r", "\t", " \n", "\n ", " \n \n  ",
          " \r\n", "\t\t", "\u00a0", "\u3000", "\u2028", "\x0b", "\x0c", "\x85", "\u200b", "\u202f", "\x1c", "\x00",
          "\ufeff", "\u00ad", " \u00a0 ", "                "]
MARKS = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "--", "//", "\u2026", "\u00ab", "\u20ac", "\u2019", "/\n",
                                                      "!\n/", "\r\n/", " ?", " .", " 's", "n't"]
SCRIPTS = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF),
           (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x20FF), (0x2E80, 0x2FDF), (0x3040, 0x30FF),
           (0x4E00, 0x4E7F), (0xAC00, 0xAC7F), (0xF900, 0xFB4F), (0xFE20, 0xFFEF), (0x1F300, 0x1F64F),
           (0x1D400, 0x1D4FF), (0x1F1E6, 0x1F1FF), (0x1D165, 0x1D1AD)]


def categories():
    table = {}
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        ranges = table.setdefault(unicodedata.category(chr(point)), [])
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    # At most so many ranges of each: enough to meet every kind, few enough to keep in the tree.
    return {name: ranges[:: max(1, len(ranges) // 60)] for name, ranges in sorted(table.items())}


pools = {"words": WORDS, "spaces": SPACES, "marks": MARKS, "scripts": SCRIPTS, "categories": categories()}
Path(sys.argv[1]).write_text(json.dumps(pools, separators=(",", ":")).replace("]],", "]],\n") + "\n")
