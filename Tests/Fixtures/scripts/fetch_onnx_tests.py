# SPDX-License-Identifier: Apache-2.0
"""Fetches ONNX's own tests: those that the PyPI wheel of onnx 1.22.0, the last one that carries any, holds as files, and
of those that the installed onnx makes in memory the ones that 1.22.0 lacks or has for another operator set.

    python fetch_onnx_tests.py OUT [TOLERANCES]

OUT/{node,simple,pytorch-operator,pytorch-converted,newer}/<case>/{model.onnx,test_data_set_N/…}. OUT should be ignored
by git. Fetches nothing when OUT is complete. Needs pip and the onnx of `requirements-test.txt`. A line of TOLERANCES is
`SET/CASE RTOL ATOL REASON`; the case gets them in its case.json.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile

import onnx
from onnx import numpy_helper

VERSION = "1.22.0"
PREFIX = "onnx/backend/test/data/"
SETS = ("node", "simple", "pytorch-operator", "pytorch-converted")


def extract(wheel, out):
    """The cases of the wheel; their number."""
    cases = set()
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith(PREFIX) or entry.is_dir():
                continue
            relative = pathlib.PurePosixPath(entry.filename[len(PREFIX):])
            if relative.is_absolute() or ".." in relative.parts:
                raise SystemExit(f"refused: {entry.filename}")
            if relative.parts[0] not in SETS or len(relative.parts) < 3:
                continue
            target = out / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))
            cases.add(relative.parts[:2])
    return len(cases)


def serialized(value, type_proto):
    """A test value as its file holds it."""
    if isinstance(value, (onnx.TensorProto, onnx.SequenceProto, onnx.OptionalProto)):
        return value.SerializeToString()
    kind = type_proto.WhichOneof("value")
    if kind == "optional_type":
        return numpy_helper.from_optional(value).SerializeToString()
    if kind == "sequence_type":
        return numpy_helper.from_list(value).SerializeToString()
    return numpy_helper.from_array(value).SerializeToString()


def apply_tolerances(path, out):
    """Writes the case.json of every listed case; a fiftieth of all cases may be listed."""
    for old in out.glob("*/*/case.json"):
        old.unlink()
    listed = [line.split(maxsplit=3) for line in path.read_text().splitlines() if line and not line.startswith("#")]
    for fields in listed:
        if len(fields) != 4 or not (out / fields[0] / "model.onnx").exists():
            raise SystemExit(f"{path}: no case with tolerances and a reason: {' '.join(fields)}")
        (out / fields[0] / "case.json").write_text(
            json.dumps({"rtol": float(fields[1]), "atol": float(fields[2])}) + "\n")
    cases = sum(1 for _ in out.glob("*/*/model.onnx"))
    if len(listed) * 50 > cases:
        raise SystemExit(f"{path}: {len(listed)} of {cases} cases are listed; at most a fiftieth may be")


def versions(model):
    return sorted((entry.domain, entry.version) for entry in model.opset_import)


def write_newer(node, out):
    """The cases in memory that `node` lacks or has for other operator sets; their number."""
    from onnx.backend.test.case.node import collect_testcases

    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        known = node / case.name / "model.onnx"
        if known.exists() and versions(onnx.load(known)) == versions(case.model):
            continue
        target = out / case.name
        target.mkdir(parents=True)
        (target / "model.onnx").write_bytes(case.model.SerializeToString())
        for index, (inputs, outputs) in enumerate(case.data_sets):
            data = target / f"test_data_set_{index}"
            data.mkdir()
            for kind, values, infos in (("input", inputs, case.model.graph.input),
                                        ("output", outputs, case.model.graph.output)):
                for number, (value, info) in enumerate(zip(values, infos)):
                    (data / f"{kind}_{number}.pb").write_bytes(serialized(value, info.type))
        count += 1
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("tolerances", type=pathlib.Path, nargs="?")
    arguments = parser.parse_args()
    fetch(arguments.out)
    if arguments.tolerances:
        apply_tolerances(arguments.tolerances, arguments.out)


def fetch(out):
    stamp = out / ".complete"
    source = f"onnx {VERSION} and {onnx.__version__}: "
    if stamp.exists() and stamp.read_text().startswith(source):
        print(f"{out}: {stamp.read_text().strip()}, already there")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, suffix=".tmp") as scratch:
        scratch = pathlib.Path(scratch)
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                        "--dest", str(scratch), f"onnx=={VERSION}"], check=True)
        wheel = next(scratch.glob("onnx-*.whl"))
        made = scratch / "made"
        count = extract(wheel, made)
        if not count:
            raise SystemExit(f"{wheel.name} carries no tests")
        newer = write_newer(made / "node", made / "newer")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (made / ".complete").write_text(f"{source}{count} and {newer} cases, wheel sha256 {digest}\n")
        shutil.rmtree(out, ignore_errors=True)
        made.rename(out)
    print(f"{out}: {count} cases of onnx {VERSION}, {newer} newer ones of onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
