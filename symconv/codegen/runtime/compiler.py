"""The C compiler of this machine, and a cache of what it has made.

A library is known by the texts, the flags, the compiler with its version, and the processor. It is
made in a folder of its own and renamed, so that any number of processes may make it at once.

No file is loaded that another user could have written: the cache and all folders above it must
belong to this user or to root and be closed to others; where they are not, the library is made anew
in a private temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from symconv.errors import ToolError, shown

CANDIDATES: Final = ("cc", "gcc", "clang")
FLAGS: Final = ("-std=c99", "-O3", "-ffp-contract=fast", "-fPIC", "-shared")
OPENMP: Final = "-fopenmp"
USES_OPENMP: Final = (
    "#include <omp.h>\nint threads(void);\nint threads(void) { return omp_get_max_threads(); }\n"
)
SECONDS: Final = 600


@dataclass(frozen=True)
class Compiler:
    """A C compiler.

    Attributes:
        command: the words that call it.
        version: the first line of its --version.
    """

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler | None:
    """Return the compiler that $CC names, else the first of cc, gcc and clang; None for none.

    Raises:
        ToolError: $CC names none.
    """
    if os.name != "posix":
        return None
    named = os.environ.get("CC", "").strip()
    if named:
        compiler = _compiler(tuple(shlex.split(named)))
        if compiler is None:
            raise ToolError(f"CC must name a C compiler that runs, got {shown(named)}")
        return compiler
    found = (_compiler((name,)) for name in CANDIDATES)
    return next((compiler for compiler in found if compiler), None)


def require_compiler() -> Compiler:
    """Return the compiler that is there.

    Raises:
        ToolError: there is none.
    """
    compiler = find_compiler()
    if compiler is None:
        raise ToolError(
            f"a C compiler must be found to load a C kernel: none of $CC, {', '.join(CANDIDATES)}"
        )
    return compiler


def openmp_flags(threads: int) -> tuple[str, ...]:
    """Return the flags with which that many threads share a call; none for one."""
    return (OPENMP, f"-DSYMCONV_THREADS={threads}") if threads > 1 else ()


def require_openmp() -> None:
    """Return if the compiler has OpenMP.

    Raises:
        ToolError: it has not, or there is no compiler.
    """
    compiler = require_compiler()
    try:
        library("threads.c", {"threads.c": USES_OPENMP}, flags=[OPENMP])
    except ToolError as err:
        raise ToolError(f"threads need a C compiler with OpenMP, got {compiler.version}") from err


def library(name: str, texts: Mapping[str, str], *, flags: Sequence[str] = ()) -> Path:
    """Return the path of a shared library, compiled now or earlier.

    Args:
        name: the .c file to compile, one of the texts.
        texts: file name -> text.
        flags: more flags of the compiler.

    Raises:
        ToolError: there is no compiler, or it fails, or the folder cannot be written.
    """
    compiler = require_compiler()
    processor = _processor()
    words = (*compiler.command, *FLAGS, *(["-march=native"] if processor else []), *flags)
    known = "\0".join((*words, compiler.version, processor, platform.machine(), name))
    contents = "\0".join(f"{path}\0{text}" for path, text in sorted(texts.items()))
    key = hashlib.sha256(f"{known}\0{contents}".encode()).hexdigest()
    try:
        path = _folder() / f"{Path(name).stem}-{key[:32]}.so"
        if not is_ours(path):
            _compile(words, name, texts, path)
    except OSError as err:
        raise ToolError(f"cannot write compiled kernels: {err.strerror or err}") from err
    return path


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


def _folder() -> Path:
    """Return the cache if only this user can write to it, else a folder of this process."""
    from platformdirs import user_cache_path

    folder = (user_cache_path("symconv") / "kernels").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(_private_folder().name)
    return folder if is_ours(folder) else Path(_private_folder().name)


@cache
def _private_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="symconv-")


def _compile(words: Sequence[str], name: str, texts: Mapping[str, str], path: Path) -> None:
    """Compile in a new folder beside `path`, and rename what comes out."""
    with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as making:
        for file, text in texts.items():
            Path(making, file).write_text(text, encoding="utf-8")
        command = [*words, "-o", "made.so", name]
        try:
            done = subprocess.run(  # noqa: S603  the user's own compiler
                command, cwd=making, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as err:
            raise ToolError(f"{shlex.join(command)} took more than {SECONDS} s") from err
        if done.returncode:
            told = next(iter(done.stderr.splitlines()), "")
            raise ToolError(f"{shlex.join(command)} failed with {done.returncode}: {told}")
        made = Path(making, "made.so")
        made.chmod(0o700)
        os.replace(made, path)


def _compiler(words: tuple[str, ...]) -> Compiler | None:
    program = shutil.which(words[0])
    return _versioned((program, *words[1:])) if program else None


@cache
def _versioned(command: tuple[str, ...]) -> Compiler | None:
    try:
        done = subprocess.run(  # noqa: S603  the user's own compiler
            [*command, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    return Compiler(command, lines[0]) if done.returncode == 0 and lines else None


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
