#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# edges.sh: all mutations of every case, with another seed than `make test`.
source "$(dirname "$0")/../lib.sh"
"$root/Scripts/python.sh" Tests/Fixtures/scripts/requirements-test.txt
quietly "$root/Scripts/conformance.sh" node || :
"$root/Scripts/edges.sh" 1 1 1
