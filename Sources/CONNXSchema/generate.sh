#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles onnx.proto with protoc-c (Debian: protobuf-c-compiler) into onnx.pb-c.c and include/onnx.pb-c.h.
#   generate.sh            writes them
#   generate.sh --check    fails when they are not what onnx.proto gives
#   generate.sh --check-rejects    fails unless --check rejects an edited copy
set -eu
here=$(cd "$(dirname "$0")" && pwd)

generate() { # proto, target
    mkdir -p "$2/include"
    protoc-c --proto_path="$(dirname "$1")" --c_out="$2" "$(basename "$1")"
    for file in onnx.pb-c.c onnx.pb-c.h; do
        { echo '// SPDX-License-Identifier: Apache-2.0'; cat "$2/$file"; } > "$2/$file.tmp"
        mv "$2/$file.tmp" "$2/$file"
    done
    mv "$2/onnx.pb-c.h" "$2/include/onnx.pb-c.h"
}

check() { # proto
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    generate "$1" "$fresh"
    diff -u "$here/onnx.pb-c.c" "$fresh/onnx.pb-c.c" > /dev/null &&
        diff -u "$here/include/onnx.pb-c.h" "$fresh/include/onnx.pb-c.h" > /dev/null
}

case ${1:-} in
'') generate "$here/onnx.proto" "$here" ;;
--check)
    check "$here/onnx.proto" || {
        echo "The generated C does not match onnx.proto: run Sources/CONNXSchema/generate.sh (protoc-c 1.4.1)." >&2
        exit 1
    }
    ;;
--check-rejects)
    edited=$(mktemp -d)
    sed 's/optional int64 ir_version = 1;/optional int64 ir_version = 99;/' "$here/onnx.proto" > "$edited/onnx.proto"
    if (check "$edited/onnx.proto"); then
        rm -rf "$edited"
        echo "The check accepts an onnx.proto that the generated C does not match." >&2
        exit 1
    fi
    rm -rf "$edited"
    ;;
*)
    echo "usage: generate.sh [--check | --check-rejects]" >&2
    exit 2
    ;;
esac
