# SPDX-License-Identifier: Apache-2.0
"""The table, in Markdown."""
from .cases import CASES
from .engines import ENGINES, OURS
from .figures import Figures
from .rows import METRICS, ROWS

SETTINGS = {"flash attention on": "flash", "flash attention off": "plain", "PA": "paged", "SDPA": "stateful"}


def cell(figure, metric):
    """`187 (180–190)`, with the settings that gave it."""
    if figure is None:
        return "–"
    def number(value):
        return f"{value:.{0 if value >= 200 else metric.digits}f}"
    spread = f" ({number(figure.least)}–{number(figure.most)})" if figure.count > 1 else ""
    settings = f" {SETTINGS.get(figure.settings, figure.settings)}" if figure.settings else ""
    return f"{number(figure.median)}{spread}{settings}"


def goal(figures, row):
    """What is to be reached, beside what is: `1.62 of 1.5 × the best`."""
    ours = figures.of(row, OURS)
    if ours is None:
        return []
    lines = []
    for name, bound in row.goals.items():
        if name == "most":
            reached, holds = f"{ours.median:.2f}", ours.median <= bound
            text = f"at most {bound} {METRICS[row.metric].unit}"
        elif name == "memory fraction":
            value = figures.own(row.case, lambda result: result["decode_memory_fraction"])
            reached, holds = f"{value:.2f}", value >= bound
            text = f"{bound:.0%} of the memory's read rate"
        elif name == "times weights and cache":
            value = figures.own(row.case, lambda result: result["peak_rss_bytes"] / result["bytes_per_token"])
            reached, holds = f"{value:.2f}", value <= bound
            text = f"at most {bound} × weights and cache"
        else:
            rival = figures.best_rival(row) if name == "best" else (name, figures.of(row, name))
            if rival is None or rival[1] is None:
                continue
            value = figures.ratio(row, ours, rival[1])
            reached, holds = f"{value:.2f}", value >= bound
            text = f"{bound} × {'the best' if name == 'best' else name}"
        lines.append(f"{reached} for {text}: {'yes' if holds else '**no**'}")
    return lines


def measured(data):
    """The rows of which something was measured."""
    return [row for row in ROWS if any(run["case"] == row.case for run in data["runs"])]


def summary(data):
    """A short table: ONNXLM beside the best of the others."""
    figures = Figures(data)
    lines = ["| measure | ONNXLM | best of the others | ratio |", "|---|---|---|---|"]
    for row in measured(data):
        ours, rival, metric = figures.of(row, OURS), figures.best_rival(row), METRICS[row.metric]
        if ours and rival:
            def number(figure):
                return f"{figure.median:.{0 if figure.median >= 100 else metric.digits}f} {metric.unit}"
            lines.append(f"| {row.label} | {number(ours)} | {number(rival[1])}, {rival[0]} | "
                         f"{figures.ratio(row, ours, rival[1]):.2f} |")
    return "\n".join(lines) + "\n"


def markdown(data):
    """The whole report."""
    figures, machine = Figures(data), data["machine"]
    rows = measured(data)
    versions = ", ".join(f"{engine} {version}" for engine, version in machine["versions"].items())
    rate = [figures.own(case, lambda result: result.get("memory_read_bytes_per_second")) for case in CASES]
    rate = sorted(value for value in rate if value)
    lines = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, {machine['date']}, "
        f"commit {machine['commit']}; {versions}.",
        f"Memory read rate in the same runs: {rate[0] / 1e9:.0f}–{rate[-1] / 1e9:.0f} GB/s." if rate else "",
        "Median (least–most) of measurements in processes of their own, in turn. Of a rival's settings the best are "
        "shown. Ratios above 1: ONNXLM is better.", "",
        "| measure | unit | " + " | ".join(ENGINES) + " | ratio to the best | goals |",
        "|---|---|" + "---|" * (len(ENGINES) + 2),
    ]
    for row in rows:
        metric, ours, rival = METRICS[row.metric], figures.of(row, OURS), figures.best_rival(row)
        ratio = f"{figures.ratio(row, ours, rival[1]):.2f}" if ours and rival else "–"
        cells = [row.label, metric.unit] + [cell(figures.of(row, engine), metric) for engine in ENGINES]
        lines.append("| " + " | ".join(cells + [ratio, "<br>".join(goal(figures, row))]) + " |")
    errors = [f"- {variant} does not run {case}: {reason}" for case, variant, reason in figures.errors()]
    return "\n".join(lines + ([""] + errors if errors else [])) + "\n"
