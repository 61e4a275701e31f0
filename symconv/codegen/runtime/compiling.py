"""A run of the compiler that ends with its caller and leaves no file behind.

Beside the compiler runs a shell, the guard, that holds a pipe to the caller. When the caller has
what it wants, the pipe says so; when it is killed so suddenly that it can do nothing any more, the
pipe closes. The guard then ends what still runs and removes the folder in which it worked.
"""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Final

from symconv.errors import ToolError

PATIENCE: Final = 2
SECONDS: Final = 600
MADE: Final = "made.so"
TOLD: Final = "told"
CALLED_BY_PYTHON: Final = "_python"  # what the name of a kernel's file is followed by, for calls
SHELL: Final = ("/bin/sh", "-c")
GUARD: Final = """
if read -r group; then
    read -r word
    if [ "$word" = done ]; then
        read -r word
    else
        kill -s KILL -- "-$group" 2>/dev/null
    fi
fi
command -p rm -rf "$1"
"""
WHEN_GUARDED: Final = 'read -r go && exec "$@" </dev/null'
log = logging.getLogger("symconv")


@contextmanager
def compiled(
    words: Sequence[str], name: str, texts: Mapping[str, str], where: Path
) -> Iterator[Path]:
    """Compile in a new folder and yield the library; both are gone when the block is left.

    Args:
        words: the compiler and its flags.
        name: the .c file to compile, one of the texts.
        texts: file name -> text.
        where: the folder to make the new one in.

    Raises:
        ToolError: the compiler fails, makes nothing, or takes too long.
        OSError: the folder cannot be written.
    """
    making = where / f".making-{secrets.token_hex(8)}"
    command = [*words, "-o", MADE, name]
    with _guard(making) as guard:
        making.mkdir(mode=0o700)
        for file, text in texts.items():
            (making / file).write_text(text, encoding="utf-8")
        _run(command, making, guard)
        guard.write(b"done\n")
        yield making / MADE


@contextmanager
def _guard(making: Path) -> Iterator[IO[bytes]]:
    """Start the guard of a folder and yield its pipe.

    It takes a process group, "done" when that has come to its end, and "end".
    """
    guard = subprocess.Popen(  # noqa: S603  our own script
        [*SHELL, GUARD, "symconv", str(making)],
        stdin=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    pipe = _given(guard.stdin)
    try:
        yield pipe
    finally:
        with suppress(BrokenPipeError), pipe:
            pipe.write(b"end\n")  # a process forked meanwhile may hold the pipe open
        guard.wait()


def _run(command: Sequence[str], making: Path, guard: IO[bytes]) -> None:
    """Run the compiler in its folder; it begins when the guard knows it."""
    with open(making / TOLD, "wb") as told:
        compiler = subprocess.Popen(  # noqa: S603  the user's own compiler
            [*SHELL, WHEN_GUARDED, "symconv", *command],
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=making,
            env={**os.environ, "TMPDIR": str(making)},
            start_new_session=True,
        )
    said = shlex.join(command)
    try:
        with _given(compiler.stdin) as begin:
            guard.write(b"%d\n" % compiler.pid)
            begin.write(b"go\n")
        status = _status(compiler, command[-1])
    except subprocess.TimeoutExpired as err:
        raise ToolError(f"{said} took more than {SECONDS} s") from err
    finally:
        if compiler.returncode is None:
            os.killpg(compiler.pid, signal.SIGKILL)
            compiler.wait()
    if status:
        lines = (making / TOLD).read_text(encoding="utf-8", errors="replace").splitlines()
        raise ToolError(f"{said} failed with {status}: {next(iter(lines), '')}")
    if not (making / MADE).is_file():
        raise ToolError(f"{said} made no library: is it a C compiler?")


def _status(compiler: subprocess.Popen[bytes], name: str) -> int:
    """Return the exit status of the compiler, and say so once if that takes long."""
    try:
        return compiler.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _say(Path(name).stem.removesuffix(CALLED_BY_PYTHON))
        return compiler.wait(SECONDS)


@cache
def _say(kernel: str) -> None:
    """Say, once for all types of a kernel, that it takes long."""
    log.warning("symconv: still compiling %s; large kernels take longer", kernel)


def _given(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "it was asked for"
    return pipe
