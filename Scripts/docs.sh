#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs.sh: makes the documentation archive .build/docs/ONNXLM.doccarchive from the doc comments and the articles in
# Sources/ONNXLM/ONNXLM.docc. `swift package generate-documentation --target ONNXLM` makes the same with Apple's plugin,
# which this package names only where ONNXLM_DOCS=1 is set, so that nobody who depends on it fetches the plugin.
source "$(dirname "$0")/lib.sh"

cd "$root"
# What `import ONNXLM` brings along is described as its own.
exported=$(sed -n 's/^@_exported public import //p' Sources/ONNXLM/ONNXLM.swift | paste -sd, -)
graphs=.build/docs/symbol-graphs
"$root/Scripts/build.sh" --product onnxlm
rm -rf .build/docs
mkdir -p "$graphs"
tools=$(dirname "$(readlink -f "$(command -v swift)")")
target=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
# Modules in C, whose maps stand in the sources or are made by the build.
modules=()
while IFS= read -r map; do modules+=(-Xcc "-fmodule-map-file=$map"); done \
    < <(find -L "$root/Sources" "$root/.build/release"/C*.build -name module.modulemap)
"$tools/swift-symbolgraph-extract" -module-name ONNXLM -target "$target" -output-dir "$graphs" \
    -minimum-access-level public -experimental-allowed-reexported-modules="$exported" \
    -I "$root/.build/release/Modules" "${modules[@]}"
"$tools/docc" convert Sources/ONNXLM/ONNXLM.docc --additional-symbol-graph-dir "$graphs" \
    --fallback-display-name ONNXLM --fallback-bundle-identifier onnxlm --output-path .build/docs/ONNXLM.doccarchive \
    --diagnostic-level warning "$@"
say "The documentation is in .build/docs/ONNXLM.doccarchive; 'docc preview' and any web server show it."
