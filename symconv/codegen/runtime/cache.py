"""Compiled libraries, kept in the user's cache folder and loaded from there.

A library is known by the texts, the flags, the compiler with its version, and the processor. The
last part of its name is the checksum of its bytes: what is not as the compiler made it is never
loaded, but made anew. It is made in a folder of its own, written through to the disk and renamed,
so that any number of processes may make it at once.

No file is loaded that another user could have written: the cache and all folders above it must
belong to this user or to root and be closed to others. Where they are not, or where no code may be
run from them, the library is made anew in a private temporary folder.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import stat
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from symconv.codegen.runtime.compiler import find_compiler, require_compiler
from symconv.codegen.runtime.compiling import compiled
from symconv.errors import ToolError

FLAGS: Final = ("-std=c99", "-O3", "-ffp-contract=fast", "-fPIC", "-shared")
DIGITS: Final = 32
NOEXEC: Final = getattr(os, "ST_NOEXEC", 0)
TRIAL: Final = "int seven(void);\nint seven(void) { return 7; }\n"


def can_load() -> bool:
    """Return whether a library can be compiled, kept and loaded here, by trying it."""
    try:
        if find_compiler() is None:
            return False
        load_library("trial.c", {"trial.c": TRIAL})
    except ToolError:
        return False
    return True


def load_library(name: str, texts: Mapping[str, str], *, flags: Sequence[str] = ()) -> ctypes.CDLL:
    """Return a shared library, loaded; compiled now or earlier.

    Args:
        name: the .c file to compile, one of the texts.
        texts: file name -> text.
        flags: more flags of the compiler.

    Raises:
        ToolError: there is no compiler, or it fails, or what it made cannot be kept or loaded.
    """
    path = library(name, texts, flags=flags)
    try:
        return ctypes.CDLL(str(path))
    except OSError as err:
        raise ToolError(f"cannot load a compiled kernel: {err}") from err


def library(name: str, texts: Mapping[str, str], *, flags: Sequence[str] = ()) -> Path:
    """Return the path of a shared library, compiled now or earlier; arguments as above.

    Raises:
        ToolError: there is no compiler, or it fails, or the folder cannot be written.
    """
    compiler = require_compiler()
    processor = _processor()
    words = (*compiler.command, *FLAGS, *(["-march=native"] if processor else []), *flags)
    known = "\0".join((*words, compiler.version, processor, platform.machine(), name))
    contents = "\0".join(f"{path}\0{text}" for path, text in sorted(texts.items()))
    key = hashlib.sha256(f"{known}\0{contents}".encode()).hexdigest()
    stem = f"{Path(name).stem}-{key[:DIGITS]}"
    try:
        folder = _folder()
        found = next(filter(_is_sound, _kept(folder, stem)), None)
        if found is not None:
            return found
        with compiled(words, name, texts, folder) as made:
            return _keep(made, folder, stem)
    except OSError as err:
        raise ToolError(f"cannot write compiled kernels: {err.strerror or err}") from err


def is_ours(path: Path) -> bool:
    """Return whether a file or folder exists and nobody but this user and root can change it.

    Every folder above it must be as safe; one that all may write to, as /tmp, must be sticky.
    """
    try:
        above = {*path.absolute().parents, *path.resolve().parents}
        states = [path.lstat(), *(folder.stat() for folder in above)]
    except OSError:
        return False
    first, *folders = states
    if stat.S_ISLNK(first.st_mode) or first.st_uid != os.geteuid() or first.st_mode & 0o022:
        return False
    return all(
        state.st_uid in (0, os.geteuid())
        and (not state.st_mode & 0o022 or bool(state.st_mode & stat.S_ISVTX))
        for state in folders
    )


def _kept(folder: Path, stem: str) -> list[Path]:
    """Return the files that may be a library: one, unless its bytes have changed."""
    return sorted(folder.glob(f"{stem}-*.so"))


def _is_sound(path: Path) -> bool:
    """Return whether nobody else can change a file, and its bytes are those of its name."""
    try:
        return is_ours(path) and path.stem.endswith(_checksum(path))
    except OSError:
        return False


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


def _keep(made: Path, folder: Path, stem: str) -> Path:
    """Write a library through to the disk, give it its name, and remove unsound ones."""
    made.chmod(0o700)
    _sync(made)
    path = folder / f"{stem}-{_checksum(made)}.so"
    os.replace(made, path)
    _sync(folder)
    for other in _kept(folder, stem):
        if other != path and not _is_sound(other):
            other.unlink(missing_ok=True)
    return path


def _sync(path: Path) -> None:
    """Write a file or folder through to the disk, so that no crash leaves half of it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folder() -> Path:
    """Return the cache if it is fit for code, else a folder of this process."""
    from platformdirs import user_cache_path

    folder = (user_cache_path("symconv") / "kernels").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fit = is_ours(folder) and not os.statvfs(folder).f_flag & NOEXEC
    except OSError:
        fit = False
    return folder if fit else Path(_private_folder().name)


@cache
def _private_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="symconv-")


@cache
def _processor() -> str:
    """Return what tells this x86 processor from others; empty where nothing says it."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return ""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    kept = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags")
    found = {line.partition(":")[0].strip(): line for line in reversed(lines)}
    return "\n".join(found.get(word, "") for word in kept)
