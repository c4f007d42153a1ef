# SPDX-License-Identifier: Apache-2.0
"""Measures ONNXLM and the engines that it is compared with, in turn, on equal weights."""
