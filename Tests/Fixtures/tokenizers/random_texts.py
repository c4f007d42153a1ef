# SPDX-License-Identifier: Apache-2.0
"""Random strings that look for trouble: every Unicode category, runs, contractions, special tokens in the text."""
import random
import unicodedata

WORDS = ("the of and in to a is that it was I'm you're we've they'll he'd SHE'S CAN'T don\u2019t Hello WORLD camelCase "
         "snake_case HTTPServer iPhone na\u00efve caf\u00e9 e\u0301te\u0301 stra\u00dfe \u0130stanbul \u01c4ungla "
         "\u043f\u0440\u0438\u0432\u0435\u0442 \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f "
         "\u0645\u0631\u062d\u0628\u0627 \u0939\u093f\u0928\u094d\u0926\u0940 \uc548\ub155 \u1100\u1161\u11a8 "
         "1 12 123 1234 123456789 3.14 1,000,000 0x1F \u0661\u0662\u0663 \u2167 \u00bd x\u00b2 foo.bar() a==b "
         "https://example.org/a?b=c&d=%20 \U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea "
         "\u270c\U0001f3fd <|im_end|> <| |> <s> </s> [INST] \u2581 'S 'lL 'Ve 'RE 'T '\u017f '\u017fx 'M 'D 'x ''s").split(" ")
SPACES = [" ", "  ", "   ", "        ", "\n", "\n\n", "\r\n", "\r", "\t", " \n", "\n ", " \n \n  ", "\t\t", "\u00a0", "\u3000",
          "\u2028", "\x0b", "\x0c", "\x85", "\u200b", "\u202f", "\x1c", "\x00"]
MARKS = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") + ["...", "--", "//", "\u2026", "\u00ab", "\u20ac", "\u2019", "/\n", "!\n/"]


def by_category():
    table = {}
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000:
            continue
        table.setdefault(unicodedata.category(chr(point)), []).append(chr(point))
    return list(table.values())


def texts(seed, count, names):
    chance = random.Random(seed)
    categories = by_category()
    scripts = [range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x530), range(0x590, 0x700),
               range(0x900, 0xE00), range(0x1100, 0x1200), range(0x1E00, 0x2000), range(0x2000, 0x2100),
               range(0x3040, 0x3100), range(0x4E00, 0x4E80), range(0xAC00, 0xAC80), range(0xF900, 0xFB50),
               range(0x1F300, 0x1F650), range(0x1D400, 0x1D500)]

    def piece():
        kind = chance.random()
        if kind < 0.40:
            return chance.choice(WORDS)
        if kind < 0.62:
            return chance.choice(SPACES)
        if kind < 0.72:
            return chance.choice(MARKS)
        if kind < 0.80:
            return chance.choice(chance.choice(categories))
        if kind < 0.88:
            script = chance.choice(scripts)
            return "".join(chr(chance.choice(script)) for _ in range(chance.randrange(1, 7)))
        if kind < 0.93 and names:
            return chance.choice(names)
        if kind < 0.95 and names:
            name = chance.choice(names)
            return name[: chance.randrange(1, len(name) + 1)]
        if kind < 0.97:
            return chance.choice(WORDS + SPACES + MARKS) * chance.randrange(2, 40)
        return "".join(chance.choice("abcXYZ'\u4e2d\u0301sSlL1 \n") for _ in range(chance.randrange(1, 12)))

    yield ""
    for _ in range(count - 1):
        parts = [piece() for _ in range(chance.randrange(1, 14))]
        yield chance.choice(["", " "]).join(parts)
