#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-format.sh [ROOT]: every Swift file is formatted as `.swift-format` says.
source "$(dirname "$0")/lib.sh"

cd "${1:-$root}"
list_files . | grep '\.swift$' | tr '\n' '\0' | xargs -0 swift format lint --strict --parallel >&2 \
    || die "format: run 'make format', and mend by hand what it cannot."
