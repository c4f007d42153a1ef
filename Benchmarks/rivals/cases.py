# SPDX-License-Identifier: Apache-2.0
"""What one process measures: a model, a prompt, a number of new tokens."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A run of one engine in a process of its own, after an unmeasured run on a prompt of `warm_up` tokens."""

    key: str
    model: str
    prompt: int
    new: int
    warm_up: int
    dear: bool = False
    """Takes long: measured in about half of the turns."""
    text: str = ""
    """Instead of invented tokens a question, whose answer each engine is free to guess tokens of."""
    first_load: bool = False
    """Whatever ONNXLM kept from earlier loads is removed first. The others keep nothing, so they are left out."""

    def turns(self, repeat):
        return (repeat + 1) // 2 if self.dear else repeat


# Phi-4-mini's rotary embedding changes at 4,096 positions, where onnxruntime-genai reads the whole prompt anew: a longer
# prompt stays on one side.
CASES = {case.key: case for case in [
    Case("smollm2-32", "smollm2", 32, 128, 32),
    Case("smollm2-512", "smollm2", 512, 8, 64),
    Case("smollm2-4096", "smollm2", 4096, 32, 64, dear=True),
    Case("smollm2-code", "smollm2", 0, 300, 32, dear=True, text="code"),
    Case("smollm2-story", "smollm2", 0, 300, 32, dear=True, text="story"),
    Case("mixed-32", "smollm2-mixed", 32, 128, 32),
    Case("mixed-512", "smollm2-mixed", 512, 8, 64),
    Case("phi8-32", "phi-4-mini-8", 32, 32, 32),
    Case("phi8-512", "phi-4-mini-8", 512, 4, 32, dear=True),
    Case("phi8-4112", "phi-4-mini-8", 4112, 16, 32, dear=True),
    Case("phi-first", "phi-4-mini", 1, 1, 0, dear=True, first_load=True),
    Case("phi-load", "phi-4-mini", 1, 1, 0, dear=True),
    Case("phi-128", "phi-4-mini", 128, 32, 32, dear=True),
    Case("phi-512", "phi-4-mini", 512, 4, 32, dear=True),
]}
