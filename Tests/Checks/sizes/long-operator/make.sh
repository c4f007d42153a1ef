mkdir -p Sources/ONNXOperators
{ echo "// SPDX-License-Identifier: Apache-2.0"; yes "// A line." | head -n 401; } >Sources/ONNXOperators/Long.swift
