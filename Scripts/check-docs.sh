#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-docs.sh [ROOT]: every public declaration that users of the library meet has a doc comment. (Their examples are
# compiled by check-dependent.sh.)
source "$(dirname "$0")/lib.sh"

python3 "$root/Scripts/check_docs.py" "${1:-$root}"
