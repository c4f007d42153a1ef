# SPDX-License-Identifier: Apache-2.0
"""Writes what `transformers` makes of the templates of real models, as JSON lines, with the clock stopped.

    python make_model_rows.py TEMPLATES OUT

OUT/cases.jsonl holds the arguments of each case, OUT/models/<template>.jsonl its text or its error, a line a case;
OUT/names.txt names the templates; OUT/features.jsonl holds small templates with their text or error. Returns at once
when OUT is complete.
"""
import hashlib
import json
import logging
import multiprocessing
import os
import re
import shutil
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def model_rows(path):
    from model_conversations import cases
    from reference import Reference

    reference = Reference(path.read_text())
    return path.stem, "".join(json.dumps(reference.applied(case)) + "\n" for case in cases())


def feature_row(source):
    from reference import Reference

    row = {"template_text": source} | Reference(source).rendered()
    # Addresses, what namespaces look like and complex numbers are nothing that a prompt can depend on.
    if re.search(r" at 0x|<namespace |\dj\)", row.get("text", ""), re.IGNORECASE) or \
            re.search(r"(namespace\(a=1\)|l\|map\('string'\))\)( }}{% endset|\|(e|escape|forceescape|replace|wordcount)\b)|missing\)(\.|\|attr\(')__", source):
        return ""
    return json.dumps(row) + "\n"


def main(templates, out):
    sources = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.py")))
    stamp = hashlib.sha256((templates / ".complete").read_bytes() + sources).hexdigest()
    if (out / ".complete").exists() and (out / ".complete").read_text() == stamp:
        return
    from feature_snippets import snippets
    from model_conversations import cases
    from reference import Reference

    logging.getLogger("transformers").setLevel(logging.ERROR)
    shutil.rmtree(out, ignore_errors=True)
    (out / "models").mkdir(parents=True)
    (out / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases()))
    paths = sorted(templates.glob("*.jinja"))
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for name, rows in pool.imap_unordered(model_rows, paths):
            (out / "models" / f"{name}.jsonl").write_text(rows)
        (out / "features.jsonl").write_text("".join(pool.imap(feature_row, snippets(), chunksize=200)))
    (out / "names.txt").write_text("".join(path.stem + "\n" for path in paths))
    (out / ".complete").write_text(stamp)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
