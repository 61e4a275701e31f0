"""The machine, described: processor, caches, compiler, versions; no names and no paths of it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from symconv import __version__
from symconv.bench.threads import cores
from symconv.codegen.runtime.compiler import find_compiler

PACKAGES: Final = (
    "numpy",
    "scipy",
    "opencv-python-headless",
    "numba",
    "halide",
    "torch",
    "jax",
    "jaxlib",
    "sympy",
    "symforce",
    "wrenfold",
)
CACHES: Final = Path("/sys/devices/system/cpu/cpu0/cache")
CPU_INFO: Final = Path("/proc/cpuinfo")


def machine() -> dict[str, str]:
    """Return what a reader must know of the machine, word -> value."""
    compiler = find_compiler()
    facts = {
        "processor": f"{_processor()}, {len(cores())} cores used",
        "caches": _caches(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "symconv": __version__,
        "BLAS": _blas(),
        "compiler": compiler.version if compiler else "none",
    }
    packages = {name: _version(name) for name in PACKAGES}
    return {key: value for key, value in {**facts, **packages}.items() if value}


def _processor() -> str:
    """Return the model, and the widest vectors that it knows."""
    try:
        lines = CPU_INFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = {
        key.strip(): value.strip()
        for key, colon, value in (line.partition(":") for line in lines)
        if colon
    }
    flags = facts.get("flags", "").split()
    vectors = next((name for name in ("avx512f", "avx2", "avx", "sse2") if name in flags), "")
    model = facts.get("model name") or platform.machine()
    return f"{model} ({vectors})" if vectors else model


def _caches() -> str:
    """Return the caches of the first core, "L1d 32K, L2 1024K, L3 32768K"."""
    found = []
    for folder in sorted(CACHES.glob("index*")):
        try:
            level, kind, size = (
                (folder / name).read_text(encoding="utf-8").strip()
                for name in ("level", "type", "size")
            )
        except OSError:
            continue
        if kind != "Instruction":
            found.append(f"L{level}{'d' if kind == 'Data' else ''} {size}")
    return ", ".join(found)


def _blas() -> str:
    """Return what NumPy multiplies matrices with."""
    from threadpoolctl import threadpool_info

    found = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    names = [f"{pool['internal_api']} {pool['version'] or ''}".strip() for pool in found]
    return ", ".join(dict.fromkeys(names))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
