#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the container of Containers/Dockerfile and plays the story of a model in it, without any network but loopback.
# Needs docker or podman; where there is neither, `make test` plays the same story without.
source "$(dirname "$0")/lib.sh"

engine=
for name in docker podman; do
    if command -v "$name" >/dev/null && "$name" info >/dev/null 2>&1; then engine=$name && break; fi
done
[ -n "$engine" ] || die "neither docker nor podman runs here; make test FILTER=StoryTests plays the story without"
cd "$root"
quietly "$engine" build -f Containers/Dockerfile -t onnxlm-story .
"$engine" run --rm --network none --tmpfs /small:size=1m onnxlm-story
