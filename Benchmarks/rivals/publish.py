# SPDX-License-Identifier: Apache-2.0
"""Puts a finished run into the documents: raw data and plot beside them, tables between their marks."""
import json
import re

from .models import ROOT
from .plot import svg
from .report import markdown, summary


def between_marks(text, content):
    """A document with new content between its marks."""
    pattern = r"(<!-- rivals -->\n).*?(<!-- /rivals -->)"
    changed, count = re.subn(pattern, lambda found: found[1] + content + found[2], text, flags=re.DOTALL)
    if count != 1:
        raise SystemExit("error: the document does not have the marks <!-- rivals --> and <!-- /rivals --> once")
    return changed


def publish(data):
    """Writes docs/rivals.json and docs/rivals.svg, and the tables of README.md and docs/performance.md."""
    docs = ROOT / "docs"
    compact = json.dumps(data, separators=(",", ":")).replace('{"case"', '\n{"case"') + "\n"
    (docs / "rivals.json").write_text(compact)
    (docs / "rivals.svg").write_text(svg(data))
    alternative = "Speed of ONNXLM and three other engines"
    for path, plot, table in [(ROOT / "README.md", "docs/rivals.svg", summary(data)),
                              (docs / "performance.md", "rivals.svg", markdown(data))]:
        content = f"\n![{alternative}]({plot})\n\n{table}\n"
        path.write_text(between_marks(path.read_text(), content))
