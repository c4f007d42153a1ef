# SPDX-License-Identifier: Apache-2.0
"""Runs the engines in turn, each measurement in a process of its own, and keeps every result at once."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .engines import OURS, variants

TIMEOUT_SECONDS = 900


class Recording:
    """The raw data: a JSON file that is whole after every measurement, so that a run can go on where it ended."""

    def __init__(self, path, machine, resume):
        self.path = Path(path)
        self.data = {"machine": machine, "runs": []}
        if resume and self.path.exists():
            self.data = json.loads(self.path.read_text())
            before = self.data["machine"]
            for key in ["commit", "processor", "cores", "threads", "versions"]:
                if before[key] != machine[key]:
                    sys.exit(f"error: {path} was measured with {key} {before[key]}, now it is {machine[key]}. "
                             "Start anew without --resume.")

    def has(self, case, variant, turn):
        return any(run["case"] == case.key and run["variant"] == variant.key and run["turn"] == turn
                   for run in self.data["runs"])

    def failed(self, case, variant):
        """Whether the variant failed in an earlier turn: it would again."""
        return any(run["case"] == case.key and run["variant"] == variant.key and "error" in run
                   for run in self.data["runs"])

    def add(self, case, variant, turn, outcome):
        self.data["runs"].append({"case": case.key, "engine": variant.engine, "variant": variant.key,
                                  "settings": variant.settings, "turn": turn, "load_average": os.getloadavg()[0],
                                  **outcome})
        partial = self.path.with_name(self.path.name + ".partial")
        partial.write_text(json.dumps(self.data, indent=1) + "\n")
        os.replace(partial, self.path)


def run(variant, environment):
    """A result, or why there is none."""
    try:
        done = subprocess.run(variant.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=TIMEOUT_SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {TIMEOUT_SECONDS} s"}
    if done.returncode == 0:
        try:
            return {"result": json.loads(done.stdout)}
        except ValueError:
            return {"error": "printed no result"}
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return {"error": lines[-1][:300] if lines else f"ended with status {done.returncode}"}


def measure(cases, repeat, models, onnxlm, threads, recording, cache):
    """Every case in every turn; who begins changes from turn to turn.

    `cache` is the folder where ONNXLM keeps packed weights.
    """
    environment = {**os.environ, "ONNXLM_CACHE_DIR": str(cache)}
    primed = set()
    for turn in range(repeat):
        for case in cases:
            if turn >= case.turns(repeat):
                continue
            order = list(variants(case, models, onnxlm, threads))
            shift = turn % len(order)
            order = order[shift:] + order[:shift]
            for variant in reversed(order) if turn % 2 else order:
                if recording.has(case, variant, turn) or recording.failed(case, variant):
                    continue
                if variant.engine == OURS:
                    if case.fresh_cache:
                        shutil.rmtree(cache, ignore_errors=True)
                        primed.clear()
                    elif case.model not in primed:
                        # Unmeasured: a warm load is one that finds what an earlier load has kept.
                        run(variant, environment)
                        primed.add(case.model)
                outcome = run(variant, environment)
                recording.add(case, variant, turn, outcome)
                say = outcome.get("error") or ", ".join(
                    f"{key.split('_')[0]} {outcome['result'][key]:.4g}" for key in
                    ["load_seconds", "prefill_tokens_per_second", "decode_tokens_per_second"])
                print(f"turn {turn + 1} {case.key:13} {variant.key:32} {say}", file=sys.stderr, flush=True)
