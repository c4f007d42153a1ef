#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lists the goals of the Makefile with the comment that each one bears.
source "$(dirname "$0")/lib.sh"
awk -F ': *# *' '/^[a-z-]+: *#/ { printf "make %-14s %s\n", $1, $2 }' "$root/Makefile"
