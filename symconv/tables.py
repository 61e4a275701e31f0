"""Small HTML tables, by which objects show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(heads: Sequence[object], rows: Iterable[Sequence[object]], *, caption: str) -> str:
    """Return a table; every entry is escaped text.

    Example:
        >>> html_table(["a"], [["<b>"]], caption="c")
        '<table><caption>c</caption><tr><th>a</th></tr><tr><td>&lt;b&gt;</td></tr></table>'
    """
    lines = [_row("th", heads), *(_row("td", row) for row in rows)]
    return f"<table><caption>{escape(caption)}</caption>{''.join(lines)}</table>"


def _row(tag: str, entries: Sequence[object]) -> str:
    cells = "".join(f"<{tag}>{escape(str(entry))}</{tag}>" for entry in entries)
    return f"<tr>{cells}</tr>"
