mkdir -p Sources/ONNXSample
{ echo "// SPDX-License-Identifier: Apache-2.0"; yes "// A line." | head -n 601; } >Sources/ONNXSample/Long.swift
