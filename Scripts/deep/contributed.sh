#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# contributed.sh [--update]: makes the seeded cases of the com.microsoft operators, compares them with the committed list
# of hashes, and runs them. --update writes the list.
source "$(dirname "$0")/../lib.sh"

cd "$root"
cases=Tests/Fixtures/.generated/contrib-deep
results=.build/test-results
mkdir -p "$results"
"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-test.txt
quietly .venv/bin/python Tests/Fixtures/scripts/make_contrib_cases.py --out "$cases" --deep \
    --hashes Tests/Fixtures/contrib-deep.txt "$@" || { echo 0 1; exit 1; }
"$command_binary" conformance "$cases" >"$results/contributed.log" 2>"$results/contributed.errors" || :
grep '^FAIL' "$results/contributed.log" >&2 || :
sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$results/contributed.log" | tail -n 1
