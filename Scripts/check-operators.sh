#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-operators.sh [ROOT]: every registered operator has its doc comment whole, and docs/operators.md says what the
# code says.
source "$(dirname "$0")/lib.sh"
python3 "$root/Scripts/operators_page.py" "${1:-$root}" || die "operators: see above"
