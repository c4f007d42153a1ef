#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the certificate and the key of the tests' servers on loopback. The key protects nothing.
set -euo pipefail
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -sha256 \
    -subj '/CN=onnxlm tests' -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
    -addext 'basicConstraints=critical,CA:TRUE' -keyout loopback-key.pem -out loopback.pem
