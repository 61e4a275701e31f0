"""What deriving, emitting, checking and starting costs, with budgets: `python -m benchmarks.road`.

The exit code is 0 unless a result is wrong: on a noisy machine a missed budget is a figure to look
at, not a failure. Compare ratios within one run rather than times of two runs.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.cold import cold_section
from benchmarks.derivation import road_section
from benchmarks.figures import Section, as_json

SECTIONS: Final[dict[str, Callable[[], Section]]] = {
    "road": road_section,
    "cold": cold_section,
}
PIPED_WIDTH: Final = 170


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 1 if any result is wrong, else 0.

    Args:
        arguments: of the command line; by default those of the process.
    """
    options = _options(arguments)
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    sections = []
    for name in options.only or SECTIONS:
        section = SECTIONS[name]()
        sections.append(section)
        console.print(section.table(), "")
    if options.json:
        text = json.dumps(as_json(sections), indent=2) + "\n"
        options.json.write_text(text, encoding="utf-8")
    return int(any(row.correct is False for section in sections for row in section.rows))


def _options(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks.road", description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there, too")
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, help="measure one part; may be repeated"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
