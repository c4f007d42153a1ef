#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# conformance.sh [--update]: runs ONNX's own operator tests. Each one that node-passing.txt names must pass, and one
# that passes must be named there (--update adds those, and removes nothing). Prints `PASSED FAILED` to standard
# output, the details to standard error.
source "$(dirname "$0")/lib.sh"
export LC_ALL=C

cd "$root"
list=Tests/Fixtures/conformance/node-passing.txt
cases=Tests/Fixtures/.generated/onnx-node
results=.build/test-results
mkdir -p "$results"

"$root/Scripts/python.sh"
quietly .venv/bin/python Tests/Fixtures/scripts/fetch_onnx_node_tests.py "$cases" \
    || { echo 0 1; die "conformance: ONNX's tests could not be fetched"; }
"$command_binary" conformance "$cases" >"$results/conformance.log" 2>"$results/conformance.errors" || :
sed -n 's|^PASS \(.*/\)\{0,1\}\([^ /]*\)$|\2|p' "$results/conformance.log" | sort -u >"$results/passed.txt"
{ grep -vE '^(#|$)' "$list" || :; } | sort -u >"$results/listed.txt"
comm -13 "$results/passed.txt" "$results/listed.txt" >"$results/missing.txt"
comm -23 "$results/passed.txt" "$results/listed.txt" >"$results/unlisted.txt"

if [ "${1:-}" = --update ]; then
    { grep '^#' "$list" || :; sort -u "$results/listed.txt" "$results/unlisted.txt"; } >"$results/updated.txt"
    cp "$results/updated.txt" "$list"
    say "conformance: $(wc -l <"$results/unlisted.txt") names added to $list"
    : >"$results/unlisted.txt"
fi
while IFS= read -r name; do
    say "conformance: $name must pass: $(grep -m 1 -E "^FAIL ([^ ]*/)?$name: " "$results/conformance.log" || echo 'no result')"
done <"$results/missing.txt"
while IFS= read -r name; do
    say "conformance: $name passes: add it to $list (Scripts/conformance.sh --update)"
done <"$results/unlisted.txt"
[ ! -s "$results/missing.txt" ] || [ ! -s "$results/conformance.errors" ] || tail -n 5 "$results/conformance.errors" >&2

wrong=$(cat "$results/missing.txt" "$results/unlisted.txt" | wc -l)
right=$(comm -12 "$results/passed.txt" "$results/listed.txt" | wc -l)
echo "$right $wrong"
[ "$wrong" = 0 ]
