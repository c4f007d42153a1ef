# SPDX-License-Identifier: Apache-2.0
"""Prints what a model file consists of: operator sets, inputs, outputs, initializers, nodes with all attributes.

    python dump_graph.py MODEL.onnx [--all]

Without --all, layers other than 0, 1 and the last are counted but not printed.
"""

import argparse
import collections
import re

import onnx


def shape_of(info):
    return [d.dim_param or d.dim_value for d in info.type.tensor_type.shape.dim]


def element(kind):
    return onnx.TensorProto.DataType.Name(kind).lower()


def describe(attribute):
    value = onnx.helper.get_attribute_value(attribute)
    kind = onnx.AttributeProto.AttributeType.Name(attribute.type).lower()
    if isinstance(value, onnx.TensorProto):
        array = onnx.numpy_helper.to_array(value)
        shown = array.tolist() if array.size <= 8 else "..."
        return f"{attribute.name}: tensor {element(value.data_type)}{list(value.dims)} name={value.name!r} = {shown}"
    if isinstance(value, onnx.GraphProto):
        return f"{attribute.name}: graph {value.name!r} of {len(value.node)} nodes"
    if isinstance(value, bytes):
        value = value.decode()
    return f"{attribute.name}: {kind} = {value!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    model = onnx.load(arguments.model, load_external_data=False)
    graph = model.graph
    layers = {int(n) for node in graph.node for n in re.findall(r"layers\.(\d+)/", node.name)}
    shown = {0, 1, *(sorted(layers)[-2:])}

    def is_shown(name):
        found = re.search(r"(?:layers|past_key_values|present)\.(\d+)", name)
        return arguments.all or not found or int(found[1]) in shown

    print(f"ir_version {model.ir_version}, producer {model.producer_name!r} {model.producer_version!r}, domain "
          f"{model.domain!r}, model_version {model.model_version}, graph {graph.name!r}")
    print("opset:", [(o.domain, o.version) for o in model.opset_import], "metadata:",
          [(p.key, p.value[:60]) for p in model.metadata_props], "functions:", len(model.functions))
    for title, infos in (("inputs", graph.input), ("outputs", graph.output), ("value_info", graph.value_info)):
        print(f"\n== {title}: {len(infos)}")
        for info in infos:
            if is_shown(info.name):
                print(f"{info.name}: {element(info.type.tensor_type.elem_type)}{shape_of(info)}")
    print(f"\n== initializers: {len(graph.initializer)}, in file order")
    for tensor in graph.initializer:
        external = {e.key: e.value for e in tensor.external_data}
        if is_shown(tensor.name):
            print(f"{tensor.name}: {element(tensor.data_type)}{list(tensor.dims)} "
                  + (f"external {external}" if external else f"inline {len(tensor.raw_data)} bytes"))
    counts = collections.Counter((n.domain, n.op_type) for n in graph.node)
    print(f"\n== nodes: {len(graph.node)}: {dict(counts)}\n")
    for node in graph.node:
        if is_shown(node.name):
            print(f"[{node.domain}] {node.op_type} {node.name!r}")
            print(f"    in  {list(node.input)}\n    out {list(node.output)}")
            for attribute in node.attribute:
                print("    attr", describe(attribute))
                if attribute.type == onnx.AttributeProto.GRAPH:
                    for inner in attribute.g.node:
                        print("        ", inner.op_type, list(inner.input), list(inner.output),
                              [describe(a) for a in inner.attribute])


if __name__ == "__main__":
    main()
