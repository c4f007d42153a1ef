#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs.sh: makes the documentation archive .build/docs/ONNXLM.doccarchive from the doc comments and the articles in
# Sources/ONNXLM/ONNXLM.docc. Then Apple's plugin makes the same with
# ONNXLM_DOCS=1 swift package generate-documentation --target ONNXLM --additional-symbol-graph-dir .build/docs/symbol-graphs
# (by itself it knows nothing of what ONNXLM exports). This package names the plugin only where ONNXLM_DOCS=1 is set, so
# that nobody who depends on it fetches it.
source "$(dirname "$0")/lib.sh"

cd "$root"
"$root/Scripts/build.sh" --product onnxlm
rm -rf .build/docs
"$root/Scripts/symbol-graphs.sh" .build/docs/symbol-graphs ONNXLM
tools=$(dirname "$(readlink -f "$(command -v swift)")")
"$tools/docc" convert Sources/ONNXLM/ONNXLM.docc --additional-symbol-graph-dir .build/docs/symbol-graphs \
    --fallback-display-name ONNXLM --fallback-bundle-identifier onnxlm --output-path .build/docs/ONNXLM.doccarchive \
    --diagnostic-level warning "$@"
say "The documentation is in .build/docs/ONNXLM.doccarchive; 'docc preview' and any web server show it."
