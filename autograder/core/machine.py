"""What the last digits of a result depend on besides its source: versions, processor, and which kernels are used."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

from autograder.core.paths import PACKAGE_ROOT

KERNELS = ("ATEN_CPU_CAPABILITY", "MKL_CBWR", "OPENBLAS_CORETYPE")
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PACKAGES = ("numpy", "torch", "scipy", "scikit-learn")


def circumstances() -> str:
    """A hash of all that a lesson's results depend on besides its source and the engine, data sets included."""
    packages = [_version(name) for name in _PACKAGES]
    settings = [os.environ.get(name, "") for name in (*KERNELS, *THREADS)]
    parts = [platform.python_version(), platform.machine(), _processor(), packages, settings, data()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def data() -> str:
    """A hash of what makes the data sets: the part of the circumstances that is the same on every machine."""
    course = PACKAGE_ROOT / "course"
    return hash_of(sorted([*course.glob("*.py"), *course.glob("datasets/*.py")]))


def hash_of(paths: list[Path]) -> str:
    """A hash of files with their names."""
    summary = hashlib.sha256()
    for path in paths:
        summary.update(path.name.encode() + b"\0" + path.read_bytes())
    return summary.hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


@functools.cache
def _processor() -> str:
    """What the processor can do, in the kernel's words; its name where there are none."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())
