"""One progress bar on stderr, where that is a terminal; nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]


@contextmanager
def progress_bar(*, unit: str = "") -> Iterator[Progress]:
    """Show a bar while the block runs; it is told (what is done, how much of it, of how much).

    Args:
        unit: what is counted: "line 120: 37 of 300 formulas".
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    counts = () if unit else (MofNCompleteColumn(),)
    said = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), *counts, TimeElapsedColumn(), said)

    def tell(stage: str, done: int, total: int) -> None:
        counted = f"{stage}: {done} of {total} {unit}" if unit and total else stage
        bar.update(task, description=counted, completed=done, total=total or None)

    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield tell
