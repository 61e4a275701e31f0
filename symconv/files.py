"""Files written whole: all of them or none, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from symconv.errors import OptionError


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write every file under `folder`, or none of them; return the paths written.

    All files are written to a temporary folder first and renamed after the last one is complete,
    so an interruption while writing leaves the old files as they were.

    Args:
        folder: where the files go; made when missing.
        contents: relative POSIX path -> bytes, or text to be written as UTF-8.

    Raises:
        OptionError: the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".symconv-", dir=folder) as staging:
            staged = [Path(staging, str(number)) for number in range(len(contents))]
            for temporary, content in zip(staged, contents.values(), strict=True):
                data = content.encode() if isinstance(content, str) else content
                temporary.write_bytes(data)
            paths = [folder / relative for relative in contents]
            for temporary, path in zip(staged, paths, strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(temporary, path)
    except OSError as err:
        raise OptionError(f"cannot write under {folder}: {err.strerror or err}") from err
    return tuple(paths)
