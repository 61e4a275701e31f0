"""The text that is read: offsets to lines and columns, and the limits that keep reading quick."""

from __future__ import annotations

import re
from bisect import bisect_right

from symconv.errors import FormulaError
from symconv.formula.tree import Span

MAX_ARTICLE = 20_000_000

_LINE_END = re.compile(r"\r\n|\r|\n")


class Source:
    r"""A text and the beginnings of its lines.

    Example:
        >>> Source("a\nbc").span(3, 4)
        Span(line=2, column=2, start=3, end=4)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the characters start, ..., end - 1."""
        line = bisect_right(self._starts, start)
        return Span(line=line, column=start - self._starts[line - 1] + 1, start=start, end=end)

    def offset(self, line: int, column: int) -> int:
        r"""Return the offset of a place.

        Example:
            >>> Source("a\nbc").offset(2, 2)
            3
        """
        return self._starts[line - 1] + column - 1

    def fail(self, reason: str, at: int) -> FormulaError:
        """Return the error that says where reading was given up, and why."""
        span = self.span(at, at)
        return FormulaError(reason, line=span.line, column=span.column)


def between(first: Span, last: Span) -> Span:
    """Return the span from the beginning of the first to the end of the last."""
    return Span(line=first.line, column=first.column, start=first.start, end=last.end)
