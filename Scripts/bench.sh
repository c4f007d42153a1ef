#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and fetches what is missing, then times the model.
source "$(dirname "$0")/lib.sh"

cd "$root"
model=${ONNXLM_MODEL:-$default_model}
"$root/Scripts/build.sh" --product onnxlm
[ "$model" != "$default_model" ] || "$root/Scripts/model.sh"
exec "$command_binary" bench "$model"
