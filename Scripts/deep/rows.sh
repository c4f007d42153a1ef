#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rows.sh [CASES]: has oracles confirm what the tables of the operator tests expect. CASES is what the tests wrote when
# ONNXLM_EXPORT_CASES named it; without it they run first. Prints `PASSED FAILED` to standard output.
source "$(dirname "$0")/../lib.sh"

cd "$root"
cases=${1:-}
"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-test.txt
if [ -z "$cases" ]; then
    cases=.build/test-results/operator-cases.jsonl
    mkdir -p "${cases%/*}"
    rm -f "$cases"
    "$root/Scripts/build.sh" --build-tests >&2
    ONNXLM_EXPORT_CASES=$root/$cases swift test "${build_flags[@]}" --disable-testable-imports --skip-build \
        --filter ONNXOperatorsTests >"${cases%.jsonl}.log" 2>&1 || { tail -n 20 "${cases%.jsonl}.log" >&2; echo 0 1; exit 1; }
fi
.venv/bin/python Scripts/deep/rows.py "$cases" Tests/Fixtures/operator-rows.txt
