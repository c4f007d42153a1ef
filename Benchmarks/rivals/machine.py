# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on and with."""
import importlib.metadata
import os
import platform
import subprocess
from datetime import date

from .engines import PACKAGES
from .models import ROOT


def processor():
    """The processor's name, and the vector instructions that matter to the kernels."""
    name, flags = platform.processor() or platform.machine(), set()
    try:
        for line in open("/proc/cpuinfo"):
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() == "flags":
                flags = set(value.split())
    except OSError:
        pass
    known = [label for flag, label in [("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"),
                                       ("avx512_bf16", "BF16"), ("amx_tile", "AMX")] if flag in flags]
    return " ".join([name] + ([f"({', '.join(known)})"] if known else []))


def describe(threads):
    """A JSON object for the raw data."""
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True).stdout.strip()
    return {
        "date": date.today().isoformat(), "commit": commit or "unknown", "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), "threads": threads,
        "versions": {engine: importlib.metadata.version(package) for engine, package in PACKAGES.items()},
    }
