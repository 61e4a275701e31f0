"""What docs/verification.md shows is what the program prints."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from symconv.cli.main import run
from symconv.verification.verify import verify

PAGE = Path(__file__).parents[1] / "docs" / "verification.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
ROW = re.compile(r"^\| [^|]+ \| `([^`]+)` \| (\w+) \|", re.MULTILINE)


def printed(block: str, capsys: pytest.CaptureFixture[str]) -> str:
    """A block with what its commands print now."""
    shown = []
    for line in block.splitlines():
        if line.startswith("$ symconv "):
            run(shlex.split(line.removeprefix("$ symconv ")))
            shown += [line, capsys.readouterr().out.rstrip(), ""]
    return "\n".join(shown).rstrip() + "\n"


def test_the_outputs_of_the_page_are_those_of_the_program(capsys):
    new = BLOCK.sub(lambda found: f"```console\n{printed(found[1], capsys)}```", TEXT)
    if os.environ.get("SYMCONV_UPDATE"):  # writes the outputs anew; read what changed
        PAGE.write_text(new, encoding="utf-8")
    assert BLOCK.findall(TEXT) == BLOCK.findall(new)


@pytest.mark.parametrize(("formula", "status"), ROW.findall(TEXT))
def test_the_verdicts_of_the_page_are_those_of_the_program(formula, status):
    (verdict,) = verify(formula, formula=True).verdicts
    assert verdict.status == status, verdict
