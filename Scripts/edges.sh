#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# edges.sh [SEED COUNT SHARE]: mutates ONNX's cases and those of the com.microsoft operators (empty tensors, rank 0, extreme
# numbers, shapes and attributes that do not fit) and runs them: nothing dies, refusals are typed, and where numpy has
# an answer the engine refuses or agrees. Prints `RIGHT WRONG` to standard output, the details to standard error.
source "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

cd "$root"
seed=${1:-0} count=${2:-1} share=${3:-5}
cases=Tests/Fixtures/.generated/edges
log=.build/test-results/edges.log
mkdir -p "${log%/*}"
quietly .venv/bin/python Tests/Fixtures/scripts/make_edge_cases.py --out "$cases" --seed "$seed" --count "$count" \
    --share "$share" --manifest Tests/Fixtures/conformance/node.txt Tests/Fixtures/.generated/onnx/node \
    Tests/Fixtures/contrib || { echo 0 1; die "edges: the cases could not be made"; }
# Lawful outputs may be vast, and machines small.
"$command_binary" conformance "$cases" --memory-limit 2000000000 >"$log" 2>"$log.errors" || :
grep -aE '^FAIL [^ ]+: ' "$log" | { grep -avE '^FAIL [^ ]+: error\[' || :; } >"$log.wrong"
cut -c1-300 "$log.wrong" >&2
wrong=$(wc -l <"$log.wrong")
ran=$(grep -acE '^(PASS|FAIL) ' "$log" || :)
made=$(find "$cases" -name model.onnx | wc -l)
if [ "$ran" != "$made" ]; then
    say "edges: $ran of $made cases came to an end: $(tail -n 1 "$log" | cut -c1-200), then $(tail -n 3 "$log.errors")"
    wrong=$((wrong + made - ran))
fi
rm -rf "$cases"
echo "$((made - wrong)) $wrong"
[ "$wrong" = 0 ]
