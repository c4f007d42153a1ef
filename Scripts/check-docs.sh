#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-docs.sh [ROOT]: every public declaration that users of the library meet has a doc comment and an example, and
# `docc` makes the documentation of them and of the articles without a warning. The examples are compiled against the
# build, and those that tell outcomes are run with a tiny model. (check-dependent.sh compiles them in another package.)
source "$(dirname "$0")/lib.sh"

tree=$(cd "${1:-$root}" && pwd)
work=$root/.build/docs/check
if [ "$tree" = "$root" ]; then
    "$root/Scripts/docs.sh" --warnings-as-errors
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
rm -rf "$work"
mkdir -p "$work"
say "docs: $(python3 "$root/Scripts/extract_examples.py" "$tree" "$work" --run)"
flags=(-warnings-as-errors -swift-version 6 -index-store-path "$work/index" -Xfrontend -index-include-locals)
if [ "$tree" = "$root" ]; then
    release=$root/.build/release
    "$root/Scripts/symbol-graphs.sh" "$work/graphs" ONNXLM ONNXInference
    maps=() objects=()
    while IFS= read -r map; do maps+=(-Xcc "-fmodule-map-file=$map"); done \
        < <(find -L "$root/Sources" "$release"/C*.build -name module.modulemap)
    # What the engine is made of: the objects of the command without its own and those that speak HTTP.
    while IFS= read -r object; do
        case $object in "'"*) object=${object//\'/} ;; esac
        case $object in */ONNX*.build/* | */CONNX*.build/*) ;; *) continue ;; esac
        case $object in */ONNXLMCommand.build/* | */ONNXHTTP.build/* | */ONNXLMProviders.build/* | */ONNXModelHub.build/*) ;;
            *) objects+=("$object") ;;
        esac
    done <"$release/onnxlm.product/Objects.LinkFileList"
    swiftc -Onone -module-name Documented "${flags[@]}" "${maps[@]}" -I "$release/Modules" -o "$work/examples" \
        "$work/Examples.swift" "$root/Tests/Documentation/Runner.swift" "${objects[@]}" -lprotobuf-c -lopenblas
else
    # A sample is a module in one file, without anything below it.
    swiftc -module-name ONNXLM -parse-as-library -emit-module -emit-module-path "$work/ONNXLM.swiftmodule" \
        -emit-symbol-graph -emit-symbol-graph-dir "$work/graphs" "$tree"/Sources/ONNXLM/*.swift
    printf 'struct %s {}\n' LanguageModel ChatSession InferenceSession >"$work/Runner.swift"
    printf 'struct DocumentedExample { init(_: String, _: Int, _: Int, _: Any) {} }\n' >>"$work/Runner.swift"
    printf 'func shown(_ expected: String, _ items: Any...) {}\n' >>"$work/Runner.swift"
    swiftc -parse-as-library -module-name Documented "${flags[@]}" -I "$work" -emit-library \
        -o "$work/libDocumented.so" "$work/Examples.swift" "$work/Runner.swift"
fi
python3 "$root/Scripts/check_docs.py" "$tree" "$work/graphs" "$work" "$work/index"
[ "$tree" = "$root" ] || exit 0

# The names that examples give to models.
fixtures=$root/Tests/Fixtures
mkdir -p "$work/run/models"
for name in smollm2-135m-instruct llama; do
    ln -s "$fixtures/models/0.18.0-llama-int4" "$work/run/models/$name"
done
ln -s "$fixtures/generation/hidden-states" "$work/run/models/with-hidden-states"
ln -s "$fixtures/documentation/sum.onnx" "$work/run/model.onnx"
cd "$work/run"
ONNXLM_CACHE_DIR=$work/run/cache "$work/examples" >&2
