# SPDX-License-Identifier: Apache-2.0
"""Writes what the reference makes of our templates and of many small ones, as JSON lines.

The reference is `jinja2` as `transformers` sets it up, with the clock stopped.

    python make_template_rows.py .
"""
import datetime
import json
import sys
from pathlib import Path

from transformers.utils import chat_template_utils

from conversations import CONVERSATIONS, TOOLS
from snippets import ERRORS, SNIPPETS, VARIABLES

NOW = datetime.datetime(2024, 7, 26, 13, 5, 9)
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}


class StoppedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


chat_template_utils.datetime = StoppedClock


def rendered(source, **variables):
    conversation = variables.pop("messages")
    tools = variables.pop("tools", None)
    try:
        texts, _ = chat_template_utils.render_jinja_template(
            [conversation], tools=tools, chat_template=source, **{**TOKENS, **variables})
        return {"text": texts[0]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(folder):
    with open(folder / "conversations.rows.jsonl", "w") as file:
        for path in sorted(folder.glob("*.jinja")):
            source = path.read_text()
            for conversation in CONVERSATIONS:
                for tools in (None, TOOLS):
                    for prompt in (True, False):
                        row = {"template": path.name, "messages": conversation, "tools": tools,
                               "add_generation_prompt": prompt}
                        row |= rendered(source, messages=conversation, tools=tools, add_generation_prompt=prompt)
                        file.write(json.dumps(row) + "\n")
    with open(folder / "snippets.rows.jsonl", "w") as file:
        for source in SNIPPETS + ERRORS:
            row = {"template_text": source} | rendered(source, messages=[], **VARIABLES)
            if ("error" in row) != (source in ERRORS):
                print("unexpected:", row, file=sys.stderr)
            file.write(json.dumps(row) + "\n")
    (folder / "snippets.variables.json").write_text(json.dumps(VARIABLES, indent=1) + "\n")


main(Path(sys.argv[1]))
