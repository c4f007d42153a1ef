#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The checks, then every test; all of them, also after a failure. Ends with the line `N passed, N failed, N skipped`.
# With ONNXLM_FILTER only the Swift tests of that name, without the checks.
export ONNXLM_PROVIDERS=1
source "$(dirname "$0")/lib.sh"

cd "$root"
filter=${ONNXLM_FILTER:-}
results=.build/test-results
passed=0 failed=0 skipped=0

# count PASSED FAILED SKIPPED: adds to the sums.
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

if [ -z "$filter" ]; then
    "$root/Scripts/check.sh" && count 1 0 0 || count 0 1 0
fi
if ! "$root/Scripts/build.sh" --build-tests; then
    echo "$passed passed, $((failed + 1)) failed, 0 skipped"
    exit 1
fi
"$root/Scripts/model.sh" || count 0 1 0
# Tests that ask an oracle while they run find its Python here.
requirements=Tests/Fixtures/scripts/requirements-test.txt
if [ -f "$requirements" ]; then
    "$root/Scripts/python.sh" "$requirements" || count 0 1 0
    export ONNXLM_TEST_PYTHON=$root/.venv/bin/python
    "$root/Scripts/tokenizers.sh" "$ONNXLM_TEST_PYTHON" || count 0 1 0
fi
# The templates of real models, and what the reference makes of them.
"$root/Scripts/templates.sh" || count 0 1 0
export ONNXLM_TEST_COMMAND=$command_binary ONNXLM_TEST_MODEL=$root/$default_model
# What the tables of operator tests expect, for the oracles.
export ONNXLM_EXPORT_CASES=$root/$results/operator-cases.jsonl
# Not the cache of whoever runs the tests.
export ONNXLM_CACHE_DIR=$root/.build/test-cache
mkdir -p "$results"
rm -f "$results"/swift*.xml "$results"/swift*.log "$ONNXLM_EXPORT_CASES"

# Nothing of ours needs `@testable`; without it tests and command share one build.
# run NAME ARGUMENTS…: one process of tests, its report and its whole log in the folder of results.
run() {
    local name=$1 log=$results/swift-$1.log outcome=0 tests failures skips
    shift
    swift test "${build_flags[@]}" --disable-testable-imports --skip-build \
        --xunit-output "$results/swift-$name.xml" "$@" >"$log" 2>&1 || outcome=$?
    # The lines that say something.
    grep -avE '^(◇|✔) (Test|Suite) |^\[[0-9]+/[0-9]+\] |^Test Suite|^	 Executed 0' "$log" || :
    read -r tests failures skips < <(python3 "$root/Scripts/count_tests.py" "$results/swift-$name"*.xml)
    count "$tests" "$failures" "$skips"
    # A crash leaves no report of the tests that it took with it.
    if [ "$outcome" != 0 ] && [ "$failures" = 0 ]; then
        echo "swift test ended with status $outcome; the log is $log"
        count 0 1 0
    fi
}
if [ -n "$filter" ]; then
    run filtered --filter "$filter"
else
    # Tests that compute keep the few threads on which all tests of a process run; those that talk to servers or wait for
    # other processes would miss their deadlines beside them.
    servers='ONNXHTTPTests|ONNXLMProvidersTests'
    processes='ONNXLMCommandTests|ONNXModelHubTests|ONNXDiagnosisTests|ONNXModelStoreTests'
    # The growth of the peak of memory can only be seen when no other test runs.
    alone='AmplificationTests'
    run computing --skip "$servers|$processes|$alone"
    run alone --filter "$alone"
    run servers --filter "$servers"
    run processes --filter "$processes"
fi

if [ -z "$filter" ]; then
    read -r tests failures < <("$root/Scripts/conformance.sh" || :)
    count "${tests:-0}" "${failures:-1}" 0
    read -r tests failures < <("$root/Scripts/edges.sh" || :)
    count "${tests:-0}" "${failures:-1}" 0
    read -r tests failures < <("$root/Scripts/deep/rows.sh" "$ONNXLM_EXPORT_CASES" || :)
    count "${tests:-0}" "${failures:-1}" 0
fi
if [ "$failed" != 0 ]; then
    # Once more at the end, where it is found: what failed, and where a process ended.
    grep -ahE '^✘ Test .*(recorded an issue|failed after)|[Ff]atal error|crashed:$' "$results"/swift-*.log | head -n 40 || :
    grep -ah -A 12 'crashed:$' "$results"/swift-*.log | cut -c 1-160 | head -n 40 || :
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
