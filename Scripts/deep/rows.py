# SPDX-License-Identifier: Apache-2.0
"""Asks oracles whether what the tables of operator cases expect is right.

    python rows.py CASES LIST

CASES has a line of JSON for each case, as `OperatorCase+Export.swift` writes it. onnxruntime's CPU provider computes the
case; where it has no kernel for the node, ONNX's reference evaluator. LIST names the cases for which that answer does not
count, with the reason: `[DOMAIN] TYPE: NAME | ORACLE | REASON`, where ORACLE is `reference` (onnxruntime deviates; the reference
evaluator must agree) or `none`. A case listed with `none` that an oracle confirms, and one that no longer exists, is an
error.

Prints `PASSED FAILED` last; cases without an oracle count as neither. Versions: `requirements-test.txt`.
"""

import concurrent.futures
import json
import pathlib
import sys
import warnings

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

# `OperatorCase.functionNearness`: float32 and wider, relative to 1 + |expected|.
FUNCTION_NEARNESS = 4e-6
# One unit in the last place of narrower types, by the bits of their fraction.
NARROW_NEARNESS = {"float16": 2**-10, "bfloat16": 2**-7, "float8_e4m3fn": 2**-3, "float8_e4m3fnuz": 2**-3,
                   "float8_e5m2": 2**-2, "float8_e5m2fnuz": 2**-2}
IR_VERSION = 10


class NoOracle(Exception):
    """The oracle does not compute the case; why."""


def tensor_of(value, name=""):
    tensor = onnx.TensorProto(name=name, data_type=value["type"], dims=value["shape"])
    if "strings" in value:
        tensor.string_data.extend(text.encode() for text in value["strings"])
    else:
        tensor.raw_data = bytes.fromhex(value["bytes"])
    return tensor


def attribute_of(name, kind, value):
    floats = lambda bits: numpy.array(bits, "u4").view("f4").tolist()
    convert = {"FLOAT": lambda v: floats([v])[0], "FLOATS": floats, "TENSOR": tensor_of}.get(kind, lambda v: v)
    if value is None:
        raise NoOracle(f"its attribute {name} is a {kind}")
    return helper.make_attribute(name, convert(value), attr_type=getattr(onnx.AttributeProto, kind))


def model_of(case):
    """The case's node alone, its inputs as inputs of the graph, and their tensors."""
    given = {f"i{i}": tensor_of(v, f"i{i}") for i, v in enumerate(case["inputs"]) if v is not None}
    names = [f"i{i}" if v is not None else "" for i, v in enumerate(case["inputs"])]
    outputs = [f"o{i}" for i in range(case["outputs"])]
    node = helper.make_node(case["type"], names, outputs, domain=case["domain"])
    node.attribute.extend(attribute_of(n, a["kind"], a["value"]) for n, a in sorted(case["attributes"].items()))
    graph = helper.make_graph(
        [node], "case", [helper.make_tensor_value_info(n, t.data_type, t.dims) for n, t in given.items()],
        [helper.make_tensor_value_info("o0", case["expected"]["type"], None)] + [
            onnx.ValueInfoProto(name=name) for name in outputs[1:]])
    opsets = [helper.make_opsetid("", case["version"] if not case["domain"] else 21)]
    if case["domain"]:
        opsets.append(helper.make_opsetid(case["domain"], case["version"]))
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION), given


def by_onnxruntime(case):
    """onnxruntime's first output, as a tensor's array."""
    model, given = model_of(case)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise NoOracle(f"onnxruntime: {error}") from None
    binding = session.io_binding()
    for name, tensor in given.items():
        array = numpy_helper.to_array(tensor)
        if array.dtype == object or array.dtype.kind in "fiub" and array.dtype.isbuiltin:
            value = onnxruntime.OrtValue.ortvalue_from_numpy(array)
        else:
            value = onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type(array, tensor.data_type)
        binding.bind_ortvalue_input(name, value)
    for index in range(case["outputs"]):
        binding.bind_output(f"o{index}")
    try:
        session.run_with_iobinding(binding)
        return binding.get_outputs()[0].numpy()
    except Exception as error:
        raise NoOracle(f"onnxruntime: {error}") from None


def by_reference(case):
    """The first output of ONNX's reference evaluator."""
    model, given = model_of(case)
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            feeds = {name: numpy_helper.to_array(tensor) for name, tensor in given.items()}
            return numpy.asarray(ReferenceEvaluator(model).run(None, feeds)[0])
        except Exception as error:
            raise NoOracle(f"the reference evaluator: {type(error).__name__}: {error}") from None


def difference(answer, wanted):
    """Nothing where an oracle's answer is what the case expects, else what differs."""
    if answer.shape != wanted.shape or answer.dtype != wanted.dtype:
        return f"{answer.dtype}{list(answer.shape)} instead of {wanted.dtype}{list(wanted.shape)}"
    name = wanted.dtype.name
    if wanted.dtype.kind == "f" or name in NARROW_NEARNESS or name.startswith("float"):
        nearness = NARROW_NEARNESS.get(name, FUNCTION_NEARNESS)
        given, expected = answer.astype("f8"), wanted.astype("f8")
        with numpy.errstate(all="ignore"):
            same = (given == expected) | numpy.isnan(given) & numpy.isnan(expected) | (
                numpy.isfinite(expected) & (abs(given - expected) <= nearness * (1 + abs(expected))))
    else:
        same = answer == wanted
    return None if numpy.all(same) else f"{answer.tolist()} instead of {wanted.tolist()}"


def spoiled(wanted):
    """The same with another first element; nothing where there is none."""
    if wanted.size == 0:
        return None
    other = wanted.copy()
    first = other.flat[0]
    other.flat[0] = f"{first}!" if wanted.dtype == object else numpy.array(not first or first != first, wanted.dtype)
    return other


def verdict(oracle, case):
    """(asked, difference or reason): asked is false where the oracle has no answer."""
    try:
        answer, wanted = oracle(case), numpy_helper.to_array(tensor_of(case["expected"]))
        other = spoiled(wanted)
        if other is not None and difference(answer, wanted) is None and difference(answer, other) is None:
            return True, f"{other.tolist()} would be right too"
        return True, difference(answer, wanted)
    except NoOracle as reason:
        return False, " ".join(str(reason).split())[:300]


class Judge:
    """Asks onnxruntime in a process of its own, since a division of integers by zero ends it."""

    def __init__(self):
        self.pool = None

    def ask(self, oracle, case):
        self.pool = self.pool or concurrent.futures.ProcessPoolExecutor(1)
        try:
            return self.pool.submit(verdict, oracle, case).result(timeout=120)
        except concurrent.futures.process.BrokenProcessPool:
            self.pool = None
            return False, f"{oracle.__name__}: the process dies"


def main():
    cases = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    cases.sort(key=lambda case: (case["type"], case["name"]))
    listed = {}
    for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
        if line and not line.startswith("#"):
            key, oracle, reason = line.split(" | ")
            listed[key] = (oracle, reason)
    judge, passed, failures, without, asked = Judge(), 0, [], [], {"onnxruntime": 0, "reference": 0}
    for case in cases:
        key = " ".join(filter(None, [case["domain"], case["type"]])) + f": {case['name']}"
        oracle, reason = listed.pop(key, (None, None))
        answers = {}
        if oracle != "reference":
            answers["onnxruntime"] = judge.ask(by_onnxruntime, case)
        if oracle == "reference" or answers["onnxruntime"] != (True, None):
            answers["reference"] = judge.ask(by_reference, case)
        right = [name for name, answer in answers.items() if answer == (True, None)]
        if oracle == "none" and not right:
            without.append(f"{key}: {reason}")
        elif oracle == "none":
            failures.append(f"{key} is listed without an oracle ({reason}), and {right[0]} confirms it")
        elif right and (right[0] == "onnxruntime" or oracle == "reference" or not answers["onnxruntime"][0]):
            passed += 1
            asked[right[0]] += 1
        else:
            failures.append(f"{key}: " + "; ".join(f"{n}: {answer[1] or 'right'}" for n, answer in answers.items()))
    failures += [f"{key} is listed, and there is no such case" for key in listed]
    for line in without:
        print(f"without an oracle: {line}", file=sys.stderr)
    for line in failures:
        print(f"FAIL {line}", file=sys.stderr)
    print(f"rows: {len(cases)} cases: {asked['onnxruntime']} confirmed by onnxruntime, {asked['reference']} by ONNX's "
          f"reference evaluator; {len(without)} without an oracle", file=sys.stderr)
    print(passed, len(failures))


if __name__ == "__main__":
    main()
