# SPDX-License-Identifier: Apache-2.0
"""The plot: a bar an engine for each measure of speed, as a part of the best rival's. An SVG without a background."""
from html import escape

from .engines import ENGINES, OURS
from .figures import Figures
from .rows import METRICS, ROWS

LABELS, BARS, VALUES, BAR, GAP = 390, 420, 150, 11, 14
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; } .small { font-size: 10px; fill: #57606a; }
.e0 { fill: #d9480f; } .e1 { fill: #8c959f; } .e2 { fill: #6e7781; } .e3 { fill: #afb8c1; }
line { stroke: #57606a; stroke-dasharray: 3 3; opacity: 0.5; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .small { fill: #9198a1; } line { stroke: #9198a1; }
.e0 { fill: #ff922b; } .e1 { fill: #6e7681; } .e2 { fill: #8b949e; } .e3 { fill: #484f58; }
}
"""


def svg(data):
    """The text of the file."""
    figures = Figures(data)
    rows = [row for row in ROWS if row.metric in ("decode", "prefill") and figures.of(row, OURS)
            and figures.best_rival(row)]
    ratios = {row: {engine: figures.of(row, engine).median / figures.best_rival(row)[1].median
                    for engine in ENGINES if figures.of(row, engine)} for row in rows}
    longest = max([value for them in ratios.values() for value in them.values()] + [1])
    scale = BARS / longest
    parts, top = [], 40
    for index, engine in enumerate(ENGINES):
        x = LABELS + index * 140
        parts += [f'<rect class="e{index}" x="{x}" y="8" width="{BAR}" height="{BAR}"/>',
                  f'<text x="{x + BAR + 5}" y="18">{escape(engine)}</text>']
    begin = top
    for row in rows:
        height = len(ENGINES) * BAR
        parts.append(f'<text x="{LABELS - 10}" y="{top + height / 2 + 4}" text-anchor="end">{escape(row.label)}</text>')
        for index, engine in enumerate(ENGINES):
            y = top + index * BAR
            if engine not in ratios[row]:
                parts.append(f'<text class="small" x="{LABELS + 4}" y="{y + 9}">not measured</text>')
                continue
            width = ratios[row][engine] * scale
            metric = METRICS[row.metric]
            median = figures.of(row, engine).median
            value = f"{median:.{0 if median >= 100 else metric.digits}f} {metric.unit}"
            if engine == OURS:
                value += f", {ratios[row][engine]:.2f} ×"
            parts += [f'<rect class="e{index}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR - 1}"/>',
                      f'<text class="small" x="{LABELS + width + 4:.1f}" y="{y + 9}">{value}</text>']
        top += height + GAP
    x = LABELS + scale
    parts.insert(0, f'<line x1="{x:.1f}" y1="{begin - 6}" x2="{x:.1f}" y2="{top - GAP + 6}"/>')
    parts.append(f'<text class="small" x="{x:.1f}" y="{top + 6}" text-anchor="middle">best rival</text>')
    width, height = LABELS + BARS + VALUES, top + 14
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="Speed of four engines, as a part of the best rival\'s">\n<style>{STYLE}</style>\n'
            + "\n".join(parts) + "\n</svg>\n")
