#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# symbol-graphs.sh OUT MODULE…: writes the symbol graphs of built modules to OUT; what a module exports counts as its own.
source "$(dirname "$0")/lib.sh"

cd "$root"
out=$1
shift
tools=$(dirname "$(readlink -f "$(command -v swift)")")
target=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
# Modules in C, whose maps stand in the sources or are made by the build.
maps=()
while IFS= read -r map; do maps+=(-Xcc "-fmodule-map-file=$map"); done \
    < <(find -L "$root/Sources" "$root/.build/release"/C*.build -name module.modulemap)
for module in "$@"; do
    exported=$(cat "Sources/$module"/*.swift | sed -n 's/^@_exported public import //p' | sort -u | paste -sd, -)
    mkdir -p "$out/$module"
    "$tools/swift-symbolgraph-extract" -module-name "$module" -target "$target" -output-dir "$out/$module" \
        -minimum-access-level public -experimental-allowed-reexported-modules="$exported" \
        -I "$root/.build/release/Modules" "${maps[@]}"
done
