#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# conformance.sh [--update] [SET…]: runs ONNX's own tests and compares each with the line of its set's manifest,
# Tests/Fixtures/conformance/SET.txt: pass, or the refusal. --update lists new cases, new passes and new words.
# Prints `RIGHT WRONG` to standard output, the details to standard error.
source "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

cd "$root"
update=()
if [ "${1:-}" = --update ]; then update=(--update) && shift; fi
sets=("$@")
[ ${#sets[@]} -gt 0 ] || sets=(node newer simple pytorch-operator pytorch-converted)
cases=Tests/Fixtures/.generated/onnx
results=.build/test-results
mkdir -p "$results"

"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-test.txt
quietly .venv/bin/python Tests/Fixtures/scripts/fetch_onnx_tests.py "$cases" \
    Tests/Fixtures/conformance/tolerances.txt \
    || { echo 0 1; die "conformance: ONNX's tests could not be fetched"; }
right=0 wrong=0
for set in "${sets[@]}"; do
    log=$results/conformance-$set.log
    "$command_binary" conformance "$cases/$set" >"$log" 2>"$log.errors" || :
    read -r ok bad < <(.venv/bin/python Scripts/conformance_manifest.py "${update[@]+"${update[@]}"}" \
        "Tests/Fixtures/conformance/$set.txt" "$cases/$set" "$log" || :)
    right=$((right + ${ok:-0})) wrong=$((wrong + ${bad:-1}))
    [ "${bad:-1}" = 0 ] || tail -n 5 "$log.errors" >&2
    say "conformance: $set: ${ok:-0} as listed ($(grep -c ' pass$' "Tests/Fixtures/conformance/$set.txt" || :) pass), ${bad:-1} not"
done
echo "$right $wrong"
[ "$wrong" = 0 ]
