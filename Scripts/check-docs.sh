#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-docs.sh [ROOT]: every public declaration that users of the library meet has a doc comment, and `docc` makes the
# documentation of them and of the articles without a warning. (Their examples are compiled by check-dependent.sh.)
source "$(dirname "$0")/lib.sh"

tree=$(cd "${1:-$root}" && pwd)
python3 "$root/Scripts/check_docs.py" "$tree"
[ "$tree" != "$root" ] || "$root/Scripts/docs.sh" --warnings-as-errors
