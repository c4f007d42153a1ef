# SPDX-License-Identifier: Apache-2.0
"""Measures ONNXLM, onnxruntime-genai, llama.cpp and OpenVINO GenAI in turn, and writes table, raw data and plot."""
import argparse
import json
import sys
from pathlib import Path

from .cases import CASES
from .machine import describe
from .measure import Recording, measure
from .models import ROOT, Models
from .plot import svg
from .publish import publish
from .report import markdown


def main():
    parser = argparse.ArgumentParser(prog="rivals", description=__doc__)
    parser.add_argument("--onnxlm", default=ROOT / ".build/release/onnxlm", type=Path)
    parser.add_argument("--models", default=ROOT / "models/bench", type=Path, help="where models are made and kept")
    parser.add_argument("--output", default=ROOT / "models/bench/results", type=Path,
                        help="the folder of rivals.json, rivals.md and rivals.svg (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, help="turns; long cases take about half (default: 5, or 3 with --quick)")
    parser.add_argument("--quick", action="store_true", help="SmolLM2-135M alone")
    parser.add_argument("--cases", help=f"some of {','.join(CASES)}")
    parser.add_argument("--resume", action="store_true", help="go on with the measurements that rivals.json lacks")
    parser.add_argument("--report", action="store_true", help="measure nothing, write table and plot anew")
    parser.add_argument("--publish", action="store_true", help="write the figures into README.md and docs/, for a commit")
    options = parser.parse_args()

    keys = options.cases.split(",") if options.cases else [key for key in CASES if not options.quick or "phi" not in key]
    unknown = [key for key in keys if key not in CASES]
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    repeat = options.repeat or (3 if options.quick else 5)
    if repeat < 1 or options.threads < 1:
        parser.error("counts begin at 1")
    raw = options.output / "rivals.json"
    options.output.mkdir(parents=True, exist_ok=True)
    if options.report:
        data = json.loads(raw.read_text())
    else:
        if not options.onnxlm.exists():
            sys.exit(f"error: {options.onnxlm} is not there; run 'make build' first")
        cases = [CASES[key] for key in keys]
        models = Models(options.models, options.onnxlm)
        models.make(dict.fromkeys(case.model for case in cases))
        recording = Recording(raw, describe(options.threads), options.resume)
        measure(cases, repeat, models, options.onnxlm, options.threads, recording, options.models / ".cache")
        data = recording.data
    (options.output / "rivals.md").write_text(markdown(data))
    (options.output / "rivals.svg").write_text(svg(data))
    if options.publish:
        publish(data)
    print(markdown(data), end="")


if __name__ == "__main__":
    main()
