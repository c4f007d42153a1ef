#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and fetches what is missing, then talks to the model: ONNXLM_PROMPT once, or line by line without it.
source "$(dirname "$0")/lib.sh"

cd "$root"
model=${ONNXLM_MODEL:-$default_model}
"$root/Scripts/build.sh" --product onnxlm
[ "$model" != "$default_model" ] || "$root/Scripts/model.sh"
if [ -n "${ONNXLM_PROMPT:-}" ]; then
    exec "$command_binary" chat "$model" --prompt "$ONNXLM_PROMPT"
fi
exec "$command_binary" chat "$model"
