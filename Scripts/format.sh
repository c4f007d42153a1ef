#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats every Swift file of the package in place.
source "$(dirname "$0")/lib.sh"

cd "$root"
list_files "$root" | grep '\.swift$' | tr '\n' '\0' | xargs -0 swift format format --in-place --parallel
