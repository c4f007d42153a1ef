#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-operators.sh [ROOT]: every registered operator has its doc comment whole, docs/operators.md says what the code says,
# and every operator has its tests in a file of its name, or of a group that lists it.
source "$(dirname "$0")/lib.sh"
python3 "$root/Scripts/operators_page.py" "${1:-$root}" || die "operators: see above"
problems=$(python3 "$root/Scripts/operator_tests.py" "${1:-$root}") || {
    say "$problems"
    die "operators: tests are missing"
}
