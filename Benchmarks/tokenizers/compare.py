# SPDX-License-Identifier: Apache-2.0
"""Compares the tokenizers of ONNXLM with Hugging Face's `tokenizers`, on one thread, taking turns.

    Scripts/bench-tokenizers.sh                # builds, installs, measures
    python compare.py BENCHMARK NAME=PATH… [--rounds 7]

Each round encodes every text line by line, and in one call, first with one and then with the other; printed are the
medians in MB/s, their spread, the ratio of the medians, and whether both counted as many ids. Loading is timed too.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import tokenizers  # noqa: E402

import texts  # noqa: E402

MOST = 2_000_000


class Ours:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command, path):
        print(command, path, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split()
        if not answer or answer[0] in ("error", "unknown"):
            sys.exit(f"{command} {path}: {' '.join(answer)}")
        return [float(value) for value in answer]


class Theirs:
    def ask(self, command, path):
        started = time.perf_counter()
        if command == "load":
            self.tokenizer = tokenizers.Tokenizer.from_file(str(path))
            return [time.perf_counter() - started]
        text = Path(path).read_bytes().decode()
        texts = [text] if command == "whole" else [line for line in text.split("\n") if line]
        started = time.perf_counter()
        # The fast form leaves offsets out, which ours has none of either.
        count = sum(len(row.ids) for row in self.tokenizer.encode_batch_fast(texts, add_special_tokens=False))
        return [time.perf_counter() - started, len(text.encode()), count]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("benchmark")
    arguments.add_argument("tokenizers", nargs="+")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--bytes", type=int, default=MOST)
    options = arguments.parse_args()
    root = Path(__file__).resolve().parents[2]
    ours, theirs = Ours(options.benchmark), Theirs()
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name, text in texts.all_texts(root):
            paths[name] = Path(folder) / name
            paths[name].write_bytes(text.encode()[: options.bytes].decode("utf-8", "ignore").encode())
        for entry in options.tokenizers:
            name, path = entry.split("=", 1)
            loads = [(ours.ask("load", path)[0], theirs.ask("load", path)[0]) for _ in range(3)]
            mine, other = (statistics.median(column) * 1000 for column in zip(*loads))
            print(f"{name:16} load       ours {mine:7.0f} ms    theirs {other:7.0f} ms    ratio {other / mine:5.2f}")
            for text, command in [(t, c) for t in paths for c in ("encode", "whole")]:
                rows = []
                for _ in range(options.rounds):
                    rows.append((ours.ask(command, paths[text]), theirs.ask(command, paths[text])))
                size = paths[text].stat().st_size / 1e6
                mine, other = ([size / row[side][0] for row in rows] for side in (0, 1))
                same = "" if rows[0][0][2] == rows[0][1][2] else f"  ids differ: {rows[0][0][2]:.0f}, {rows[0][1][2]:.0f}"
                ratio = statistics.median(mine) / statistics.median(other)
                print(f"{name:16} {text:9} {'lines' if command == 'encode' else 'whole'} "
                      f"ours {statistics.median(mine):6.1f} [{min(mine):.1f}, {max(mine):.1f}] MB/s    "
                      f"theirs {statistics.median(other):5.1f} [{min(other):.1f}, {max(other):.1f}] MB/s    "
                      f"ratio {ratio:5.2f}{same}", flush=True)


main()
