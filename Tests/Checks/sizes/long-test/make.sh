mkdir -p Tests/ONNXSampleTests
{ echo "// SPDX-License-Identifier: Apache-2.0"; yes "// A line." | head -n 801; } >Tests/ONNXSampleTests/LongTests.swift
