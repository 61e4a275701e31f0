"""Documents as PDF, made by a TeX engine on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from symconv.errors import ToolError

ENGINES: Final[Mapping[str, tuple[str, ...]]] = {"en": ("pdflatex", "xelatex"), "zh": ("xelatex",)}
RUNS: Final = 3  # cross-references settle in two runs, page breaks of long tables in three
SECONDS: Final = 120  # for one run
PACKAGES: Final = (
    "texlive-latex-recommended texlive-fonts-recommended texlive-pictures texlive-xetex "
    "texlive-lang-chinese"
)
_JOB: Final = "document"


def pdf_of(latex: str, *, lang: str) -> bytes:
    """Return a LaTeX document as PDF; the same text gives the same bytes.

    Args:
        latex: a whole document.
        lang: its language; it decides which engines can set it.

    Raises:
        ToolError: no engine is installed, or it fails on the document.
    """
    engine = next(filter(None, map(shutil.which, ENGINES.get(lang, ("xelatex",)))), None)
    if engine is None:
        names = " or ".join(ENGINES.get(lang, ("xelatex",)))
        raise ToolError(f"--format pdf needs {names}: install TeX, on Debian {PACKAGES}")
    with tempfile.TemporaryDirectory(prefix="symconv-") as folder:
        Path(folder, f"{_JOB}.tex").write_text(latex, encoding="utf-8")
        for _ in range(RUNS):
            _run(engine, Path(folder))
        return Path(folder, f"{_JOB}.pdf").read_bytes()


def _run(engine: str, folder: Path) -> None:
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", _JOB]
    clock = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  our own text, without shell
            command,
            cwd=folder,
            env={**os.environ, **clock},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ToolError(f"{Path(engine).name} failed: {err}") from err
    if done.returncode:
        log = done.stdout.decode(errors="replace").splitlines()
        reason = next((line for line in log if line.startswith("!")), "see its log")
        raise ToolError(f"{Path(engine).name} failed with code {done.returncode}: {reason}")
