"""Files written whole: all of them or none, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from symconv.errors import OptionError


def write_files(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write every text under `folder`, or none of them; return the paths written.

    All texts are written to a temporary folder first and renamed after the last one is complete,
    so an interruption while writing leaves the old files as they were.

    Args:
        folder: where the files go; made when missing.
        texts: relative POSIX path -> text, written as UTF-8 with POSIX line ends.

    Raises:
        OptionError: the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".symconv-", dir=folder) as staging:
            staged = [Path(staging, str(number)) for number in range(len(texts))]
            for temporary, text in zip(staged, texts.values(), strict=True):
                temporary.write_text(text, encoding="utf-8", newline="\n")
            paths = [folder / relative for relative in texts]
            for temporary, path in zip(staged, paths, strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(temporary, path)
    except OSError as err:
        raise OptionError(f"cannot write under {folder}: {err.strerror or err}") from err
    return tuple(paths)
