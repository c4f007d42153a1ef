# SPDX-License-Identifier: Apache-2.0
"""Medians and spreads of the recorded runs."""
import statistics
from dataclasses import dataclass

from .cases import CASES
from .engines import ENGINES, OURS
from .rows import METRICS


@dataclass(frozen=True)
class Figure:
    """One engine's figure in one row: of its settings, those with the best median."""

    median: float
    least: float
    most: float
    settings: str
    count: int


class Figures:
    """Looks up figures in recorded data."""

    def __init__(self, data):
        self.runs = data["runs"]

    def of(self, row, engine):
        """A figure, or nil when nothing was measured."""
        metric, case = METRICS[row.metric], CASES[row.case_of(engine)]
        values = {}
        for run in self.runs:
            if run["case"] == case.key and run["engine"] == engine and "result" in run:
                values.setdefault(run["settings"], []).append(metric.value(run["result"], case))
        figures = [Figure(statistics.median(them), min(them), max(them), settings, len(them))
                   for settings, them in values.items()]
        best = max if metric.higher_is_better else min
        return best(figures, key=lambda figure: figure.median, default=None)

    def best_rival(self, row):
        """The best of the other engines: its name and figure, or nil."""
        found = [(engine, self.of(row, engine)) for engine in ENGINES if engine != OURS]
        found = [pair for pair in found if pair[1]]
        best = max if METRICS[row.metric].higher_is_better else min
        return best(found, key=lambda pair: pair[1].median, default=None)

    def ratio(self, row, ours, theirs):
        """Above 1, ours is better."""
        if METRICS[row.metric].higher_is_better:
            return ours.median / theirs.median
        return theirs.median / ours.median

    def own(self, case, value):
        """The median of what a function makes of ONNXLM's results that have it; nil without any."""
        values = [value(run["result"]) for run in self.runs
                  if run["case"] == case and run["engine"] == OURS and "result" in run]
        values = [value for value in values if value is not None]
        return statistics.median(values) if values else None

    def errors(self):
        """Pairs of (case and variant, reason) where an engine does not run a case."""
        return [(run["case"], run["variant"], run["error"]) for run in self.runs if "error" in run]
